using Fermat.Hashing;

namespace Fermat.Signatures.Tests;

/// <summary>The example of EIP-712: a mail from Cow to Bob.</summary>
public sealed class Eip712Tests
{
    private const string PersonType = "Person(string name,address wallet)", MailType = "Mail(Person from,Person to,string contents)" + PersonType;

    private static readonly Eip712Domain Domain = new("Ether Mail", "1", 1, Address("0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC"));

    [Fact]
    public void The_domain_is_separated_as_in_the_standard()
        => Assert.Equal("f2cee375fa42b42143804025fc449deafd50cc031ca257e0b194a650a912090f", Hex(Domain.Separator()));

    [Fact]
    public void The_mail_hashes_and_is_signed_as_in_the_standard()
    {
        Digest mail = Mail("Hello, Bob!");
        Assert.Equal("c52c0ee5d84264471806290a3f2c4cecfc5490626bf912d01f240d7a274b371e", Hex(mail));
        Digest message = Eip712.Message(Domain.Separator(), mail);
        Assert.Equal("be609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2", Hex(message));

        using Secp256k1Key cow = Secp256k1Key.FromBytes(Keccak256.Hash("cow"u8).ToArray())!;
        Assert.Equal(Address("0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826"), cow.Address);
        byte[] signature = cow.Sign(message);
        Assert.Equal(SignatureFault.None, Secp256k1.Check(cow.Address, message, signature));
        Assert.Equal("07299936d304c153f6443dfa05f40ff007d72911b6f72307f996231605b91562", Convert.ToHexStringLower(signature.AsSpan(32, 32)));
        Assert.Equal(28, signature[64]);
    }

    [Fact]
    public void Another_chain_version_name_contract_or_text_is_another_message()
    {
        Digest mail = Mail("Hello, Bob!"), message = Eip712.Message(Domain.Separator(), mail);
        Assert.NotEqual(message, Eip712.Message((Domain with { ChainId = 2 }).Separator(), mail));
        Assert.NotEqual(message, Eip712.Message((Domain with { Version = "2" }).Separator(), mail));
        Assert.NotEqual(message, Eip712.Message((Domain with { Name = "Mail" }).Separator(), mail));
        Assert.NotEqual(message, Eip712.Message((Domain with { VerifyingContract = null }).Separator(), mail));
        Assert.NotEqual(message, Eip712.Message(Domain.Separator(), Mail("Hello, Bob?")));
    }

    [Fact]
    public void Integers_are_words_in_two_s_complement()
    {
        string type = "T(int256 a)";
        Digest of(System.Numerics.BigInteger value) => new Eip712Struct(type).Integer(value).Hash();
        byte[] typeHash = Keccak256.Hash(System.Text.Encoding.ASCII.GetBytes(type)).ToArray();
        Digest word(byte fill, byte last) => Keccak256.Hash([.. typeHash, .. Enumerable.Repeat(fill, 31), last]);
        Assert.Equal(word(0, 0), of(0));
        Assert.Equal(word(0, 255), of(255));
        Assert.Equal(word(255, 255), of(-1));
        Assert.Equal(word(255, 128), of(-128));
        Assert.Throws<ArgumentOutOfRangeException>(() => of(System.Numerics.BigInteger.One << 256));
    }

    [Fact]
    public void A_struct_has_the_fields_of_its_type()
    {
        Assert.Throws<InvalidOperationException>(() => new Eip712Struct("T(int256 a,int256 b)").Integer(1UL).Hash());
        Assert.Throws<InvalidOperationException>(() => new Eip712Struct("T(int256 a)").Integer(1UL).Integer(2UL).Hash());
    }

    private static Digest Mail(string contents) => new Eip712Struct(MailType)
        .Hashed(Person("Cow", "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826")).Hashed(Person("Bob", "0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB")).Text(contents).Hash();

    private static Digest Person(string name, string wallet) => new Eip712Struct(PersonType).Text(name).Address(Address(wallet)).Hash();

    private static EthereumAddress Address(string text)
    {
        Assert.True(EthereumAddress.TryParse(text, out EthereumAddress address));
        return address;
    }

    private static string Hex(Digest digest) => Convert.ToHexStringLower(digest.ToArray());
}
