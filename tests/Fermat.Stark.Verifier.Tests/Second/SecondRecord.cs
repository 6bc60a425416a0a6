using System.Text;
using System.Text.Json;
using Fermat.Algebra;

namespace Fermat.Stark.Tests.Second;

/// <summary>What the second verifier came to know on its way: every frame of the transcript with the state after it, and named values.</summary>
internal sealed class SecondRecord
{
    private readonly List<(string Name, string[] Values)> _values = [];

    /// <summary>Frame by frame: kind, label, data, and the state after it, in hexadecimal.</summary>
    public List<(int Kind, string Label, string Data, string State)> Frames { get; } = [];

    public void Frame(byte kind, string label, byte[] data, byte[] state) =>
        Frames.Add((kind, label, Convert.ToHexStringLower(data), Convert.ToHexStringLower(state)));

    public void Value(string name, params IEnumerable<Quintic> values) =>
        _values.Add((name, [.. values.Select(value => Convert.ToHexStringLower(SecondHash.Extensions([value])))]));

    public void Numbers(string name, IEnumerable<int> numbers) => _values.Add((name, [.. numbers.Select(number => $"{number}")]));

    /// <summary>The record as JSON, one frame or value a line.</summary>
    public string ToJson(IEnumerable<(string Name, string Value)> inputs)
    {
        var text = new StringBuilder("{\n");
        foreach ((string name, string value) in inputs) text.Append($"  {Quoted(name)}: {Quoted(value)},\n");
        text.Append("  \"frames\": [\n");
        text.AppendJoin(",\n", Frames.Select(f => $"    {{ \"kind\": {f.Kind}, \"label\": {Quoted(f.Label)}, \"data\": {Quoted(f.Data)}, \"state\": {Quoted(f.State)} }}"));
        text.Append("\n  ],\n  \"values\": [\n");
        text.AppendJoin(",\n", _values.Select(v => $"    {{ \"name\": {Quoted(v.Name)}, \"values\": [{string.Join(", ", v.Values.Select(Quoted))}] }}"));
        return text.Append("\n  ]\n}\n").ToString();
    }

    private static string Quoted(string text) => JsonSerializer.Serialize(text);
}
