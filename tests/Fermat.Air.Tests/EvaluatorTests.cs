using Fermat.Algebra;

namespace Fermat.Air.Tests;

/// <summary>The four readings of an expression agree: interpreter, strip program, point evaluator, and polynomial identity over cosets.</summary>
public sealed class EvaluatorTests
{
    private const int LogHeight = 6;
    private const int TailRows = 7;
    private const int Phases = 2;

    /// <summary>Random expressions over every kind of leaf.</summary>
    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 30)]
    [InlineData(3, 100)]
    [InlineData(4, 300)]
    [InlineData(5, 300)]
    [InlineData(6, 1000)]
    [InlineData(7, 1000)]
    [InlineData(8, 3000)]
    public void RandomExpressionsAgree(int seed, int size)
    {
        var values = new TestValues(seed);
        var random = new RandomTable(values);
        List<Expr> pool = random.Grow(size);
        Expr[] outputs = [.. pool.Skip(Math.Max(0, pool.Count - 40)), pool[0], 5, Quintic.X];
        using TableTrace trace = random.Trace(LogHeight, TailRows, Phases);
        Quintic[] challenges = values.Extensions(RandomTable.Challenges);
        Quintic busSum = values.Extension();

        StripProgram program = StripProgram.Lower(trace.Table, outputs);
        using Matrix selectors = RowSelectors(trace);
        BoundStrip bound = program.Bind(Inputs(trace, challenges, busSum, selectors));
        using StripScratch scratch = program.CreateScratch();
        int[] rows = [.. Enumerable.Range(0, trace.ActiveRows / 8 * 8)];
        values.Random.Shuffle(rows);
        int[] next = [.. rows.Select(r => (r + 1) % trace.Height)];
        bound.Run(rows, next, scratch);

        Expr[] nodes = [.. outputs.Where(o => o.Graph is not null)];
        var evaluator = new RowEvaluator(trace, nodes, challenges, busSum);
        for (int i = 0; i < rows.Length; i++)
        {
            evaluator.Evaluate(rows[i]);
            Quintic[] point = PointEvaluator.Evaluate(trace.Table, outputs, RowAsPoint(trace, rows[i], challenges, busSum, selectors));
            for (int o = 0; o < outputs.Length; o++)
            {
                Quintic expected = outputs[o].Graph is null ? outputs[o].PlainConstant : evaluator.Value(outputs[o]);
                Assert.Equal(expected, Read(scratch, program, o, i));
                Assert.Equal(expected, point[o]);
            }
        }
    }

    /// <summary>The random expressions leave no instruction untried.</summary>
    [Fact]
    public void RandomExpressionsUseEveryInstruction()
    {
        var used = new HashSet<StripOp>();
        foreach ((int seed, int size) in new[] { (4, 300), (5, 300), (6, 1000), (7, 1000), (8, 3000) })
        {
            var random = new RandomTable(new TestValues(seed));
            List<Expr> pool = random.Grow(size);
            using TableTrace trace = random.Trace(LogHeight, TailRows, Phases);
            int[] code = StripProgram.Lower(trace.Table, [.. pool.TakeLast(40)]).Code;
            for (int at = 0; at < code.Length; at += 4 + code[at + 1] + code[at + 2] + code[at + 3])
                used.Add((StripOp)code[at]);
        }
        Assert.Equal(Enum.GetValues<StripOp>().Order(), used.Order());
    }

    [Fact]
    public void ProgramsAreReusableAcrossStripsOfAnyLength()
    {
        var values = new TestValues(77);
        var random = new RandomTable(values);
        Expr[] outputs = [.. random.Grow(200).TakeLast(6)];
        using TableTrace trace = random.Trace(10, TailRows, Phases);
        Quintic[] challenges = values.Extensions(RandomTable.Challenges);
        StripProgram program = StripProgram.Lower(trace.Table, outputs);
        using Matrix selectors = RowSelectors(trace);
        BoundStrip bound = program.Bind(Inputs(trace, challenges, default, selectors));
        using StripScratch scratch = program.CreateScratch();
        var evaluator = new RowEvaluator(trace, outputs, challenges, default);
        foreach ((int start, int count) in new[] { (0, 256), (256, 8), (512, 104), (400, 256) })
        {
            int[] rows = [.. Enumerable.Range(start, count)];
            bound.Run(rows, [.. rows.Select(r => r + 1)], scratch);
            for (int i = 0; i < count; i++)
            {
                evaluator.Evaluate(rows[i]);
                for (int o = 0; o < outputs.Length; o++)
                    Assert.Equal(evaluator.Value(outputs[o]), Read(scratch, program, o, i));
            }
        }
    }

    [Fact]
    public void WrongStripsAreRefused()
    {
        var values = new TestValues(78);
        var random = new RandomTable(values);
        using TableTrace trace = random.Trace(LogHeight, TailRows, Phases);
        StripProgram program = StripProgram.Lower(trace.Table, [random.NextOfFirst]);
        using StripScratch scratch = program.CreateScratch();
        Assert.Throws<ArgumentException>(() => program.Bind(new StripInputs()));
        BoundStrip bound = program.Bind(new StripInputs { Phases = [trace.Phase(0)] });
        Assert.Throws<ArgumentException>(() => bound.Run([0, 1, 2], [1, 2, 3], scratch));
        Assert.Throws<ArgumentException>(() => bound.Run([0, 1, 2, 3, 4, 5, 6, 7], default, scratch));
        Assert.Throws<ArgumentOutOfRangeException>(() => bound.Run([0, 1, 2, 3, 4, 5, 6, 7], [1, 2, 3, 4, 5, 6, 7, 64], scratch));
        using StripScratch other = StripProgram.Lower(trace.Table, [random.NextOfFirst]).CreateScratch();
        Assert.Throws<ArgumentException>(() => bound.Run([0, 1, 2, 3, 4, 5, 6, 7], [1, 2, 3, 4, 5, 6, 7, 8], other));
    }

    /// <summary>
    /// For a satisfying trace the folded constraints over cosets, divided by Z_act, are a polynomial of the promised degree, and at a point outside equal what the verifier computes
    /// from the columns there. For a false trace they are not.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TheFoldIsAMultipleOfTheVanishingPolynomial(bool tampered)
    {
        var sample = new SampleCircuit();
        var values = new TestValues(9);
        Quintic[] challenges = values.Extensions(sample.Circuit.Challenges.Count);
        TableTrace[] traces = sample.Fill(values, challenges);
        Quintic[] sums = sample.FillLogUp(traces, challenges);
        if (tampered)
            traces[1].Phase(0)[2, sample.Count.Offset] += KoalaBear.One;
        Quintic alpha = values.Extension(), z = values.Extension();
        foreach (TableTrace trace in traces)
        {
            Quintic[] quotient = Quotient.Coefficients(trace, sample.Circuit.Phases, challenges, sums[trace.Table.Index], alpha);
            int bound = 3 * (trace.Height - 1) + 1 - trace.ActiveRows;
            bool low = quotient.Skip(bound + 1).All(q => q.IsZero);
            PointInputs inputs = Quotient.At(trace, sample.Circuit.Phases, challenges, sums[trace.Table.Index], z);
            Quintic fold = PointEvaluator.FoldConstraints(trace.Table, inputs, alpha);
            Quintic value = default;
            for (int i = quotient.Length - 1; i >= 0; i--)
                value = value * z + quotient[i];
            bool expected = !tampered || trace.Table.Index == 0;
            Assert.Equal(expected, low);
            Assert.Equal(expected, fold == value * inputs.Selectors.Vanishing);
        }
    }

    private static Quintic Read(StripScratch scratch, StripProgram program, int output, int lane)
    {
        Span<KoalaBear> components = stackalloc KoalaBear[Quintic.Degree];
        for (int c = 0; c < (program.IsExtension(output) ? Quintic.Degree : 1); c++)
            components[c] = scratch.Output(output, c)[lane];
        return Quintic.From(components);
    }

    private static StripInputs Inputs(TableTrace trace, Quintic[] challenges, Quintic busSum, Matrix selectors) => new()
    {
        Preprocessed = trace.Preprocessed!,
        Public = trace.Public!,
        Phases = [trace.Phase(0), trace.Phase(1)],
        Selectors = selectors,
        Challenges = challenges,
        BusSum = busSum,
    };

    private static Matrix RowSelectors(TableTrace trace)
    {
        var matrix = new Matrix(trace.Height, Selectors.Columns);
        KoalaBear omega = KoalaBear.RootOfUnity(trace.LogHeight);
        for (int row = 0; row < trace.Height; row++)
        {
            matrix[row, 0] = KoalaBear.From(row == 0 ? 1 : 0);
            matrix[row, 1] = KoalaBear.From(row == trace.ActiveRows - 1 ? 1 : 0);
            matrix[row, 2] = omega.Pow((ulong)row) - omega.Pow((ulong)trace.ActiveRows - 1);
            matrix[row, 3] = KoalaBear.From(row < 5 ? 1 : 0);
            matrix[row, 4] = KoalaBear.From(row < 5 ? row : 0);
        }
        return matrix;
    }

    private static PointInputs RowAsPoint(TableTrace trace, int row, Quintic[] challenges, Quintic busSum, Matrix selectors)
    {
        return new PointInputs
        {
            Preprocessed = Values(trace.Preprocessed!),
            Public = Values(trace.Public!),
            Phases = [Values(trace.Phase(0)), Values(trace.Phase(1))],
            Selectors = new SelectorValues(Selector(0), Selector(1), Selector(2), Selector(3), Selector(4), default),
            Challenges = challenges,
            BusSum = busSum,
        };

        PointValues Values(Matrix matrix) => new(RowOf(matrix, row), RowOf(matrix, (row + 1) % trace.Height));

        Quintic Selector(int kind) => new(selectors[row, kind]);
    }

    private static Quintic[] RowOf(Matrix matrix, int row)
    {
        var values = new Quintic[matrix.Columns];
        for (int c = 0; c < values.Length; c++)
            values[c] = new Quintic(matrix[row, c]);
        return values;
    }
}
