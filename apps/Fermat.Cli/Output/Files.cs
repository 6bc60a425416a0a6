namespace Fermat.Cli.Output;

/// <summary>Files appear whole or not at all: written beside their name, flushed, then renamed.</summary>
internal static class Files
{
    /// <summary>Writes <paramref name="content"/>; with <paramref name="secret"/> only the owner may read it.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content, bool secret = false)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { Length: > 0 } parent)
            Directory.CreateDirectory(parent);
        string temporary = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (secret && !OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var stream = new FileStream(temporary, options))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>A file's first bytes; none where it cannot be read twice, as a pipe.</summary>
    public static ReadOnlySpan<byte> Begins(string path, int most)
    {
        using FileStream stream = File.OpenRead(path);
        if (!stream.CanSeek) return [];
        byte[] bytes = new byte[most];
        return bytes.AsSpan(0, stream.ReadAtLeast(bytes, most, throwOnEndOfStream: false));
    }

    /// <summary>Reads a file that must not be larger than <paramref name="most"/> bytes.</summary>
    public static byte[] Read(string path, long most)
    {
        if (Directory.Exists(path))
            throw CliFailure.BadInput("not-a-file", $"{path} is a directory", path);
        using FileStream stream = File.OpenRead(path);
        if (stream.CanSeek && stream.Length > most)
            throw TooLarge($"has {Show.Bytes(stream.Length)}");

        // Pipes and devices tell no length, and may never end.
        using var content = new MemoryStream();
        var buffer = new byte[81920];
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            content.Write(buffer, 0, read);
            if (content.Length > most)
                throw TooLarge("does not end in time");
        }

        return content.ToArray();

        CliFailure TooLarge(string what) => CliFailure.BadInput("file-too-large", $"{path} {what}; at most {Show.Bytes(most)} are read", path);
    }
}
