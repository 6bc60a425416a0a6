namespace Fermat.Algebra.Tests;

[Collection(KernelCollection.Name)]
public sealed unsafe class MatrixTests
{
    [Theory]
    [InlineData(1, 1, 16)]
    [InlineData(3, 16, 16)]
    [InlineData(100, 17, 32)]
    [InlineData(100_000, 20, 32)]
    public void FreshMatricesAreZeroedAlignedAndCounted(int rows, int columns, int stride)
    {
        long before = Matrix.LiveBytes;
        using (var matrix = new Matrix(rows, columns))
        {
            Assert.Equal((rows, columns, stride), (matrix.Rows, matrix.Columns, matrix.Stride));
            Assert.Equal((long)rows * stride * 4, matrix.Bytes);
            Assert.Equal(before + matrix.Bytes, Matrix.LiveBytes);
            Assert.True(Matrix.PeakBytes >= Matrix.LiveBytes);
            Assert.Equal(0, (nint)matrix.Pointer % (matrix.Bytes >= 2 << 20 ? 2 << 20 : 64));
            for (long i = 0; i < (long)rows * stride; i++)
                Assert.True(matrix.Pointer[i].IsZero);
            matrix[rows - 1, columns - 1] = KoalaBear.One;
            Assert.Equal(KoalaBear.One, matrix.Row(rows - 1)[columns - 1]);
            Assert.Equal(columns, matrix.Row(0).Length);
        }

        Assert.Equal(before, Matrix.LiveBytes);
    }

    [Fact]
    public void Reused_memory_holds_nothing_of_what_was_there()
    {
        const int rows = 1 << 16, columns = 19;
        var first = new Matrix(rows, columns);
        nint address = (nint)first.Pointer;
        for (int row = 0; row < rows; row++) first.Row(row).Fill(KoalaBear.FromRaw(0x5EC4E7));
        first.Dispose();
        Assert.True(Matrix.KeptBytes >= 2 << 20);
        using var second = new Matrix(rows, columns);
        Assert.Equal(address, (nint)second.Pointer); // else the test says nothing
        for (long i = 0; i < (long)rows * second.Stride; i++) Assert.True(second.Pointer[i].IsZero);
    }

    [Fact]
    public void Kept_memory_is_released_when_asked()
    {
        new Matrix(1 << 16, 32).Dispose();
        Assert.True(Matrix.KeptBytes > 0);
        Matrix.ReleaseKept();
        Assert.Equal(0, Matrix.KeptBytes);
    }

    [Fact]
    public void UseAfterDisposalAndOutsideIsRefused()
    {
        var matrix = new Matrix(2, 3);
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix[2, 0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix[0, 3]);
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix[-1, 0]);
        matrix.Dispose();
        matrix.Dispose();
        Assert.Throws<ObjectDisposedException>(() => matrix[0, 0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Matrix(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Matrix(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Matrix(1, int.MaxValue));
    }

    [Fact]
    public void CloneIsIndependent()
    {
        using Matrix matrix = TestValues.Matrix(5, 3, 1);
        using Matrix copy = matrix.Clone();
        Assert.Equal(matrix.Row(4).ToArray(), copy.Row(4).ToArray());
        copy[4, 2] += KoalaBear.One;
        Assert.NotEqual(matrix[4, 2], copy[4, 2]);
    }
}
