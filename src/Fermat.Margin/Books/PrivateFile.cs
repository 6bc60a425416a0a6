namespace Fermat.Margin.Books;

/// <summary>Files with private data in them.</summary>
internal static class PrivateFile
{
    /// <summary>
    /// Writes a file that only its owner can read and puts it in the place of <paramref name="path"/> when it is complete; a failure leaves what was there.
    /// </summary>
    public static void Replace(string path, Action<Stream> write)
    {
        string temporary = $"{path}.{Environment.ProcessId}.tmp";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 1 << 16 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            using (var stream = new FileStream(temporary, options))
            {
                write(stream);
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
}
