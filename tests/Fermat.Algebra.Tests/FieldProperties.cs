using System.Numerics;
using FsCheck;
using FsCheck.Fluent;

namespace Fermat.Algebra.Tests;

/// <summary>Laws that hold for all elements, on generated ones (fixed seeds, shrunk when they fail).</summary>
public sealed class FieldProperties
{
    private static readonly Config Reproducible =
        Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(300).WithReplay(20250101, 17);

    private static Arbitrary<KoalaBear> Elements => ArbMap.Default.GeneratorFor<uint>().Select(KoalaBear.From).ToArbitrary();

    private static Arbitrary<Quintic> Extensions => Elements.Generator.ArrayOf(Quintic.Degree).Select(c => Quintic.From(c)).ToArbitrary();

    [Fact]
    public void IntegersMapHomomorphically() => Prop.ForAll<long, long>((a, b) =>
        KoalaBear.From(a) + KoalaBear.From(b) == KoalaBear.From((ulong)Residue((BigInteger)a + b))
        && KoalaBear.From(a) - KoalaBear.From(b) == KoalaBear.From((ulong)Residue((BigInteger)a - b))
        && KoalaBear.From(a) * KoalaBear.From(b) == KoalaBear.From((ulong)Residue((BigInteger)a * b))).Check(Reproducible);

    [Fact]
    public void BaseFieldLaws() => Prop.ForAll(Elements, Elements, Elements, Laws).Check(Reproducible);

    [Fact]
    public void ExtensionFieldLaws() => Prop.ForAll(Extensions, Extensions, Extensions, Laws).Check(Reproducible);

    [Fact]
    public void FrobeniusFixesExactlyTheBaseField() =>
        Prop.ForAll(Extensions, x => (x.Frobenius(1) == x) == x.IsBase).Check(Reproducible);

    [Fact]
    public void TransformsAreInverseAndLinear() => Prop.ForAll(Extensions.Generator.ArrayOf(8).ToArbitrary(), Elements, (values, factor) =>
    {
        Quintic[] transformed = [.. values], scaled = [.. values.Select(v => v * factor)];
        Ntt.Forward(transformed);
        Ntt.Forward(scaled);
        bool linear = scaled.SequenceEqual(transformed.Select(v => v * factor));
        Ntt.Inverse(transformed);
        return linear && transformed.SequenceEqual(values);
    }).Check(Reproducible);

    private static bool Laws<T>(T a, T b, T c)
        where T : struct, IField<T> =>
        (a + b) + c == a + (b + c) && a + b == b + a && (a * b) * c == a * (b * c) && a * b == b * a && a * (b + c) == (a * b) + (a * c)
        && a - a == T.Zero && a + (-a) == T.Zero && a * T.One == a && a.Square() == a * a && a.Pow(3) == a * a * a
        && (a.IsZero || a * a.Inverse() == T.One);

    private static BigInteger Residue(BigInteger value) => ((value % KoalaBear.Modulus) + KoalaBear.Modulus) % KoalaBear.Modulus;
}
