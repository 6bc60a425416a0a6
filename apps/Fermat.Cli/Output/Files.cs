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

    /// <summary>Reads a file that must not be larger than <paramref name="most"/> bytes.</summary>
    public static byte[] Read(string path, long most)
    {
        if (Directory.Exists(path))
            throw CliFailure.BadInput("not-a-file", $"{path} is a directory", path);
        long length = new FileInfo(path).Length;
        return length <= most
            ? File.ReadAllBytes(path)
            : throw CliFailure.BadInput("file-too-large", $"{path} has {Show.Bytes(length)}; at most {Show.Bytes(most)} are read", path);
    }
}
