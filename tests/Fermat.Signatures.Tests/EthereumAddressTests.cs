namespace Fermat.Signatures.Tests;

public sealed class EthereumAddressTests
{
    /// <summary>The examples of EIP-55.</summary>
    [Theory]
    [InlineData("0x52908400098527886E0F7030069857D2E4169EE7")]
    [InlineData("0x8617E340B3D01FA5F11F306F4090FD50E238070D")]
    [InlineData("0xde709f2102306220921060314715629080e2fb77")]
    [InlineData("0x27b1fdb04752bbc536007a920d24acb045561c26")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [InlineData("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359")]
    [InlineData("0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB")]
    [InlineData("0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb")]
    public void Checksummed_addresses_are_read_and_written(string text)
    {
        Assert.True(EthereumAddress.TryParse(text, out EthereumAddress address));
        Assert.Equal(text, address.ToString());
        Assert.True(EthereumAddress.TryParse(text.ToLowerInvariant(), out EthereumAddress lower));
        Assert.Equal(address, lower);
        Assert.Equal(address, EthereumAddress.FromBytes(address.ToArray()));
    }

    [Theory]
    [InlineData("0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]   // one capital too many
    [InlineData("0x5AAEB6053F3E94C9B9A09F33669435E7EF1BEAED")]   // all capitals where the checksum has others
    [InlineData("5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [InlineData("0X5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAedd")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeg")]
    [InlineData("")]
    [InlineData(null)]
    public void Misspelt_addresses_are_refused(string? text) => Assert.False(EthereumAddress.TryParse(text, out _));

    [Fact]
    public void Addresses_are_ordered_as_numbers()
    {
        byte[] low = new byte[20], high = new byte[20];
        low[19] = 255;
        high[15] = 1;
        Assert.True(EthereumAddress.FromBytes(low).CompareTo(EthereumAddress.FromBytes(high)) < 0);
        Assert.True(EthereumAddress.FromBytes(new byte[20]).IsZero);
        Assert.False(EthereumAddress.FromBytes(low).IsZero);
    }
}
