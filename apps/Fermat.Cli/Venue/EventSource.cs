using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fermat.Cli.Output;

namespace Fermat.Cli.Venue;

/// <summary>
/// Lines of events from standard input or from a file that may grow. Of a file it is remembered how far it was read and acknowledged, so that a venue that is opened again goes on there.
/// </summary>
internal sealed class EventSource : IDisposable
{
    private const int Chunk = 1 << 20, MostLine = 64 << 20, Poll = 200;
    private readonly Stream _stream;
    private readonly string? _path, _mark;
    private readonly bool _follow;
    private byte[] _buffer = new byte[Chunk];
    private int _filled;
    private long _read;
    private bool _ended;

    private EventSource(Stream stream, string? path, string? mark, bool follow) => (_stream, _path, _mark, _follow) = (stream, path, mark, follow);

    /// <summary>The number of the next line, from 1; of a file that is gone on with, from there.</summary>
    public long Line { get; private set; } = 1;

    public static EventSource Of(Stream standardInput) => new(standardInput, null, null, follow: false);

    /// <summary>A file, from where it was acknowledged last.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mark">The file that remembers where.</param>
    /// <param name="follow">Whether to wait for more at its end.</param>
    public static EventSource Of(string path, string mark, bool follow)
    {
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var source = new EventSource(stream, Path.GetFullPath(path), mark, follow);
        if (File.Exists(mark) && JsonNode.Parse(Files.Read(mark, 1 << 16)) is JsonObject known && (string?)known["events"] == source._path)
        {
            long offset = (long)known["offset"]!;
            if (stream.Length is var length && length < offset)
            {
                stream.Dispose();
                throw CliFailure.BadInput("events-shrank", $"{path} has {length} bytes, and {offset} of it were read before", path, "bring the file back, or give the events another name");
            }
            stream.Position = source._read = offset;
            source.Line = (long)known["line"]!;
        }
        return source;
    }

    /// <summary>The lines that are there now, with their numbers; waits for the first. Null at the end.</summary>
    public List<(long Line, byte[] Text)>? Next(CancellationToken cancel)
    {
        while (true)
        {
            List<(long, byte[])> lines = Cut();
            if (lines.Count > 0) return lines;
            if (_ended) return null;
            if (_filled == _buffer.Length)
            {
                if (_buffer.Length >= MostLine) throw CliFailure.BadInput("line-too-long", $"line {Line} has more than {Show.Bytes(MostLine)}", _path);
                Array.Resize(ref _buffer, 2 * _buffer.Length);
            }
            int got = Read(cancel);
            if (got > 0) _filled += got;
            else if (_follow) cancel.WaitHandle.WaitOne(Poll);
            else _ended = true;
            cancel.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Remembers that everything given out so far is durable.</summary>
    /// <param name="height">The ledger's height, for people who read the file.</param>
    public void Acknowledged(ulong height)
    {
        if (_mark is null) return;
        var json = new JsonObject { ["events"] = _path, ["offset"] = _read, ["line"] = Line, ["height"] = height };
        Files.Write(_mark, [.. JsonSerializer.SerializeToUtf8Bytes(json), (byte)'\n']);
    }

    public void Dispose() => _stream.Dispose();

    private int Read(CancellationToken cancel)
    {
        Task<int> reading = _stream.ReadAsync(_buffer.AsMemory(_filled), cancel).AsTask();
        Task.WaitAny([reading], cancel);                                                           // a read of a terminal cannot be stopped, waiting for it can
        return reading.GetAwaiter().GetResult();
    }

    private List<(long, byte[])> Cut()
    {
        var lines = new List<(long, byte[])>();
        int from = 0;
        while (true)
        {
            int length = _buffer.AsSpan(from, _filled - from).IndexOf((byte)'\n');
            if (length < 0 && !(_ended && from < _filled)) break;
            int end = length < 0 ? _filled : from + length;
            ReadOnlySpan<byte> text = _buffer.AsSpan(from, end - from).TrimEnd((byte)'\r');
            if (!text.IsEmpty) lines.Add((Line, text.ToArray()));
            Line++;
            from = length < 0 ? end : end + 1;
        }
        Array.Copy(_buffer, from, _buffer, 0, _filled - from);
        _filled -= from;
        _read += from;
        return lines;
    }
}
