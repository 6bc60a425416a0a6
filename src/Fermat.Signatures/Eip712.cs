using System.Numerics;
using System.Text;
using Fermat.Hashing;

namespace Fermat.Signatures;

/// <summary>
/// Typed data of EIP-712: <c>keccak256(0x19 0x01 ‖ domain separator ‖ hash of the struct)</c>. A wallet shows the fields of what it signs, and a signature for one venue, chain or type
/// is none for another.
/// </summary>
public static class Eip712
{
    /// <summary>What is signed: a struct in a domain.</summary>
    public static Digest Message(Digest domainSeparator, Digest structHash)
    {
        Span<byte> bytes = stackalloc byte[2 + 2 * Digest.Length];
        (bytes[0], bytes[1]) = (0x19, 0x01);
        domainSeparator.CopyTo(bytes[2..]);
        structHash.CopyTo(bytes[(2 + Digest.Length)..]);
        return Keccak256.Hash(bytes);
    }

    /// <summary>What a wallet signs for a plain message (EIP-191, version 0x45).</summary>
    public static Digest PersonalMessage(ReadOnlySpan<byte> message)
    {
        byte[] prefix = Encoding.ASCII.GetBytes($"\u0019Ethereum Signed Message:\n{message.Length}");
        return Keccak256.Hash([.. prefix, .. message]);
    }
}

/// <summary>What signatures are bound to: a program, its version, a chain, and a contract where there is one.</summary>
/// <param name="Name">The signing domain's name.</param>
/// <param name="Version">Its version.</param>
/// <param name="ChainId">The chain.</param>
/// <param name="VerifyingContract">The contract that checks signatures; null where none does, and then the domain has no such field.</param>
public sealed record Eip712Domain(string Name, string Version, ulong ChainId, EthereumAddress? VerifyingContract = null)
{
    /// <summary>The hash of the domain as the struct EIP712Domain.</summary>
    public Digest Separator()
    {
        var fields = new Eip712Struct(VerifyingContract is null
            ? "EIP712Domain(string name,string version,uint256 chainId)"
            : "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
        fields.Text(Name).Text(Version).Integer(ChainId);
        if (VerifyingContract is { } contract) fields.Address(contract);
        return fields.Hash();
    }
}

/// <summary>The hash of a struct, field by field in the order of its type: <c>keccak256(keccak256(type) ‖ word ‖ word …)</c>, one 32-byte word a field.</summary>
public sealed class Eip712Struct
{
    private const int Word = 32;
    private readonly int _fields;
    private readonly List<byte> _bytes = [];

    /// <summary>Begins with a type.</summary>
    /// <param name="type">Its encoding, like <c>Mail(Person from,string contents)Person(string name)</c>: the type, then the types that it refers to, by name.</param>
    public Eip712Struct(string type)
    {
        ReadOnlySpan<char> own = type.AsSpan(type.IndexOf('(') + 1);
        own = own[..own.IndexOf(')')];
        _fields = own.IsEmpty ? 0 : own.Count(',') + 1;
        _bytes.AddRange(Keccak256.Hash(Encoding.UTF8.GetBytes(type)).ToArray());
    }

    /// <summary>A uint of any width up to 64 bits.</summary>
    public Eip712Struct Integer(ulong value) => Integer((BigInteger)value);

    /// <summary>An int or uint of any width: 256 bits, two's complement.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It does not fit.</exception>
    public Eip712Struct Integer(BigInteger value)
    {
        Span<byte> word = stackalloc byte[Word];
        word.Fill(value.Sign < 0 ? (byte)0xff : (byte)0);
        bool unsigned = value.Sign >= 0;
        int length = value.GetByteCount(unsigned);
        if (length > Word) throw new ArgumentOutOfRangeException(nameof(value), "more than 256 bits");
        value.TryWriteBytes(word[(Word - length)..], out _, unsigned, isBigEndian: true);
        return Add(word);
    }

    /// <summary>A bool.</summary>
    public Eip712Struct Flag(bool value) => Integer(value ? 1UL : 0UL);

    /// <summary>A string, as its hash.</summary>
    public Eip712Struct Text(string value) => Hashed(Keccak256.Hash(Encoding.UTF8.GetBytes(value)));

    /// <summary>Bytes of any length, as their hash.</summary>
    public Eip712Struct Bytes(ReadOnlySpan<byte> value) => Hashed(Keccak256.Hash(value));

    /// <summary>A bytes32, or the hash of a struct or an array.</summary>
    public Eip712Struct Hashed(Digest value) => Add(value.ToArray());

    /// <summary>An address.</summary>
    public Eip712Struct Address(EthereumAddress value)
    {
        Span<byte> word = stackalloc byte[Word];
        word.Clear();
        value.CopyTo(word[12..]);
        return Add(word);
    }

    /// <summary>The hash.</summary>
    /// <exception cref="InvalidOperationException">There are not as many fields as the type has.</exception>
    public Digest Hash()
    {
        if (_bytes.Count != Word * (1 + _fields)) throw new InvalidOperationException($"the type has {_fields} fields, and {_bytes.Count / Word - 1} were given");
        return Keccak256.Hash(_bytes.ToArray());
    }

    private Eip712Struct Add(ReadOnlySpan<byte> word)
    {
        _bytes.AddRange(word);
        return this;
    }
}
