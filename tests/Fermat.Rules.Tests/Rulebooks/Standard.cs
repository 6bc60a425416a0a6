using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Numerics;
using System.Text;
using System.Text.Json.Nodes;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Tests.PublicMath;

namespace Fermat.Rules.Tests.Rulebooks;

/// <summary>The standard rulebooks and the data they are judged by.</summary>
internal static class Standard
{
    private static readonly ConcurrentDictionary<string, CoreRulebook> Compiled = new(StringComparer.Ordinal);

    /// <summary>The names of all rulebooks in rules/.</summary>
    public static IEnumerable<string> Names => Directory.GetFiles(Folder, "*.risk").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal);

    public static string Folder => Path.Combine(VectorTests.Root(), "rules");

    public static CoreRulebook Rulebook(string name) => Compiled.GetOrAdd(name, static name => Compile(File.ReadAllText(Path.Combine(Folder, name + ".risk")), name + ".risk"));

    public static CoreRulebook Compile(string text, string file)
    {
        CompilationResult result = RulebookCompiler.Compile(text, file);
        return result.Rulebook ?? throw new InvalidOperationException(result.Render());
    }

    /// <summary>A folder of the shared data, or null where they are not beside this checkout.</summary>
    public static string? Shared(string name)
    {
        for (DirectoryInfo? directory = new DirectoryInfo(VectorTests.Root()).Parent; directory is not null; directory = directory.Parent)
        {
            string folder = Path.Combine(directory.FullName, "shared", "data", name);
            if (Directory.Exists(folder)) return folder;
        }
        return null;
    }

    public static Evaluated Evaluate(string rulebook, JsonObject inputs) => Evaluate(Rulebook(rulebook), inputs)[0];

    public static ImmutableArray<Evaluated> Evaluate(CoreRulebook rulebook, JsonObject inputs)
    {
        RuleInputs read = RuleInputs.Read(rulebook.Schema, ("inputs", Encoding.UTF8.GetBytes(inputs.ToJsonString())));
        Assert.True(read.Errors.Count == 0, string.Join('\n', read.Errors));
        var interpreter = new Interpreter(rulebook, read.Market!);
        return [.. read.Accounts.Select(account => new Evaluated(rulebook, account.Id, interpreter.Evaluate(account)))];
    }

    /// <summary>An account's values by name.</summary>
    internal sealed record Evaluated(CoreRulebook Rulebook, string Id, ImmutableArray<BigInteger> Values)
    {
        /// <summary>A value's integer and its scale.</summary>
        public (BigInteger Value, int Scale) this[string name]
        {
            get
            {
                (int index, CoreDefinition definition) = Rulebook.Definitions.Index().First(d => d.Item.Name == name);
                return (Values[index], definition.Value.Type is CoreType.Number number ? number.Scale : 0);
            }
        }

        /// <summary>A value for a comparison with a double.</summary>
        public double Double(string name) => (double)this[name].Value / Math.Pow(10, this[name].Scale);

        /// <summary>A value as text.</summary>
        public string Text(string name) => ScaledNumber.Format(this[name].Value, this[name].Scale);

        public bool Flag(string name) => !this[name].Value.IsZero;
    }
}
