namespace Fermat.Margin.Tests;

public class ModelTests
{
    [Theory]
    [InlineData("65100.22", 6510022ul, 2)]
    [InlineData("0.000000000000000001", 1ul, 18)]
    [InlineData("9223372036854775807", 9223372036854775807ul, 0)]
    public void A_price_reads_and_prints(string text, ulong mantissa, int scale)
    {
        Assert.Equal(DecimalFault.None, Price.TryParse(text, out Price price));
        Assert.Equal((mantissa, scale), (price.Mantissa, price.Scale));
        Assert.Equal(text, price.ToString());
    }

    [Theory]
    [InlineData("0", DecimalFault.NotPositive)]
    [InlineData("1.0", DecimalFault.NotCanonical)]
    [InlineData("9223372036854775808", DecimalFault.TooLarge)]
    [InlineData("0.0000000000000000001", DecimalFault.TooManyDecimals)]
    [InlineData("-1", DecimalFault.NotANumber)]
    public void A_price_that_is_none_is_refused(string text, DecimalFault fault) => Assert.Equal(fault, Price.TryParse(text, out _));

    [Fact]
    public void One_price_has_one_representation() => Assert.Equal(new Price(15, 1), new Price(15_000, 4));

    [Theory]
    [InlineData("", "[]")]
    [InlineData("[]", "[]")]
    [InlineData("[0-10000:100,10000-20000:90]", "[0-10000:100,10000-20000:90]")]
    [InlineData("[0-3000000:100, 3000000-4000000:90, 4000000-18446744073709551615:10]", "[0-3000000:100,3000000-4000000:90,4000000-18446744073709551615:10]")]
    public void A_ladder_reads_and_prints(string text, string printed)
    {
        Assert.Null(TierLadder.TryParse(text, out TierLadder ladder));
        Assert.Equal(printed, ladder.ToString());
        Assert.Null(TierLadder.TryParse(printed, out TierLadder again));
        Assert.Equal(ladder, again);
        Assert.Equal(ladder.GetHashCode(), again.GetHashCode());
    }

    [Fact]
    public void The_largest_64_bit_number_stands_for_without_bound()
    {
        Assert.Null(TierLadder.TryParse("[0-18446744073709551615:50]", out TierLadder ladder));
        Assert.Equal(new Tier(0, null, 50), Assert.Single(ladder.Tiers));
    }

    [Theory]
    [InlineData("0-1:5", "between [ and ]")]
    [InlineData("[0-1:5", "between [ and ]")]
    [InlineData("[1-2:5]", "begins at 1")]
    [InlineData("[0-10:90,11-20:80]", "begins at 11")]
    [InlineData("[0-0:90]", "does not end above")]
    [InlineData("[0-10:101]", "101 percent")]
    [InlineData("[0-10:80,10-20:90]", "must not rise")]
    [InlineData("[0-18446744073709551615:50,18446744073709551615-5:50]", "does not end above")]
    [InlineData("[0-10:x]", "not a tier")]
    [InlineData("[0-10]", "not a tier")]
    [InlineData("[0-10:-5]", "not a tier")]
    [InlineData("[0-99999999999999999999:5]", "not a tier")]
    public void A_ladder_that_is_none_is_refused_with_the_reason(string text, string reason) => Assert.Contains(reason, TierLadder.TryParse(text, out _));

    [Fact]
    public void A_tier_without_bound_must_be_the_last() => Assert.Contains("not the last", TierLadder.TryCreate([(null, 90), (5, 80)], out _));

    [Theory]
    [InlineData("a", true)]
    [InlineData("A-Z_0.9:@$+", true)]
    [InlineData("", false)]
    [InlineData("a b", false)]
    [InlineData("a,b", false)]
    [InlineData("a\"", false)]
    [InlineData("é", false)]
    public void Account_ids_have_a_small_alphabet(string text, bool valid)
    {
        Assert.Equal(valid, AccountId.TryParse(text, out AccountId id));
        Assert.Equal(valid ? text : "", id.Value);
        if (!valid) Assert.Throws<ArgumentException>(() => new AccountId(text));
    }

    [Fact]
    public void Account_ids_have_at_most_64_characters()
    {
        Assert.True(AccountId.TryParse(new string('x', 64), out _));
        Assert.False(AccountId.TryParse(new string('x', 65), out _));
    }

    [Fact]
    public void Owner_keys_read_and_print()
    {
        string hex = "00112233445566778899aabbccddeeff0123456789abcdef0123456789abcdef";
        Assert.True(OwnerKey.TryParse(hex, out OwnerKey key));
        Assert.Equal(hex, key.ToString());
        Assert.Equal(key, OwnerKey.FromBytes(key.ToArray()));
        Assert.False(OwnerKey.TryParse(hex.ToUpperInvariant(), out _));
        Assert.False(OwnerKey.TryParse(hex[..62], out _));
        Assert.True(OwnerKey.FromBytes(new byte[32]).IsNone);
    }

    [Fact]
    public void What_is_wrong_with_an_account_is_said()
    {
        var good = new Balance(0, 10, 5, 3, 3, 4);
        Assert.Null(Make.Account("a", good, good with { Asset = 1 }).Problem(2));
        Assert.Contains("rising order", Make.Account("a", good, good).Problem(2));
        Assert.Contains("rising order", Make.Account("a", good with { Asset = 1 }, good).Problem(2));
        Assert.Contains("not in the book", Make.Account("a", good with { Asset = 2 }).Problem(2));
        Assert.Contains("more than the equity", Make.Account("a", good with { Portfolio = 5 }).Problem(2));
        Assert.Contains("2^63", Make.Account("a", good with { Debt = 1UL << 63 }).Problem(2));
        Assert.Contains("all zero", Make.Account("a", default(Balance)).Problem(2));
    }
}
