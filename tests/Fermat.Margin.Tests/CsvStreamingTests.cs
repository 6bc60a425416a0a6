using System.Text;
using Fermat.Margin.Books;

namespace Fermat.Margin.Tests;

/// <summary>Measures memory, so nothing may run beside it.</summary>
[CollectionDefinition(nameof(CsvStreamingTests), DisableParallelization = true)]
[Collection(nameof(CsvStreamingTests))]
public class CsvStreamingTests
{
    [Fact]
    public void Many_accounts_stream_in_bounded_memory_and_a_late_duplicate_is_found()
    {
        const int accounts = 200_000;
        using BookSource source = BookSource.OpenCsv(new MemoryStream(CsvBookTests.Header), "assets.json", new RowStream(accounts), "accounts.csv");
        long before = GC.GetTotalMemory(forceFullCollection: true), most = 0;
        int count = 0;
        foreach (Account account in source.Accounts())
            if (++count % 50_000 == 0) most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
        Assert.Equal(accounts + 1, count);
        Assert.Equal((BookErrorCode.DuplicateAccount, accounts + 2L), (Assert.Single(source.Errors).Code, source.Errors[0].Line));
        Assert.InRange(most, 0, 48L * accounts + (1 << 20));
    }

    /// <summary>Makes accounts.csv up as it is read; the last account is the first one again.</summary>
    private sealed class RowStream(int accounts) : Stream
    {
        private byte[] row = Encoding.ASCII.GetBytes(CsvBookTests.Columns);
        private int position, next;

        public override int Read(Span<byte> buffer)
        {
            if (position == row.Length)
            {
                if (next > accounts) return 0;
                row = Encoding.ASCII.GetBytes($"a-rather-long-account-name-{next++ % accounts:d20},,0,cross,btc,1,0,0,0,0\n");
                position = 0;
            }
            int count = Math.Min(buffer.Length, row.Length - position);
            row.AsSpan(position, count).CopyTo(buffer);
            position += count;
            return count;
        }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
