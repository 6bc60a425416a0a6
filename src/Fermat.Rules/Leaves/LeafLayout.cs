using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Text;
using Fermat.Rules.Inputs;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Leaves;

/// <summary>Where a field stands among the elements of a header or of an item.</summary>
/// <param name="First">Its first element.</param>
/// <param name="Bytes">Of a number; null for a flag, a choice or a reference, which is one element.</param>
public readonly record struct LeafField(int First, NumberBytes? Bytes)
{
    /// <summary>How many elements it takes.</summary>
    public int Elements => Bytes?.Elements ?? 1;
}

/// <summary>
/// The leaf of an account of any rulebook's schema, as blocks of eight field elements, given as canonical integers (this project knows no field): 0 salt; 1 digest of schema and account id;
/// 2 digest of the owner key; from 3 on the header: nonce bits 0–23, 24–47, 48–63, mode, the number of items of each collection, the account's own fields; then the items, collection by
/// collection: their fields in the order of the rulebook. Header and each item are filled up with zeros to whole blocks. A number is its bytes (<see cref="NumberBytes"/>), a flag 0 or 1, a choice its position, a
/// reference the record's index.
/// </summary>
/// <remarks>The header's length is that of the schema and its counts say how long the rest is, so no leaf is the beginning of another of the same schema.</remarks>
public sealed class LeafLayout
{
    /// <summary>Field elements in a block.</summary>
    public const int BlockSize = 8;

    /// <summary>Blocks before the header: salt, id, owner.</summary>
    public const int IdentityBlocks = 3;

    /// <summary>Elements of the header before the counts: nonce (3), mode.</summary>
    public const int CountsAt = 4;

    /// <summary>Lays out the leaves of a schema.</summary>
    public LeafLayout(RulebookSchema schema)
    {
        Schema = schema;
        (Scalars, HeaderBlocks) = Place(schema.Scalars, CountsAt + schema.Collections.Length);
        var items = ImmutableArray.CreateBuilder<ImmutableArray<LeafField>>();
        var blocks = ImmutableArray.CreateBuilder<int>();
        foreach (Collection collection in schema.Collections)
        {
            (ImmutableArray<LeafField> fields, int count) = Place(collection.Fields, 0);
            items.Add(fields);
            blocks.Add(count);
        }
        (Items, ItemBlocks) = (items.ToImmutable(), blocks.ToImmutable());
    }

    /// <summary>The schema.</summary>
    public RulebookSchema Schema { get; }

    /// <summary>Blocks of the header.</summary>
    public int HeaderBlocks { get; }

    /// <summary>The account's own fields in the header.</summary>
    public ImmutableArray<LeafField> Scalars { get; }

    /// <summary>By collection, the fields of an item.</summary>
    public ImmutableArray<ImmutableArray<LeafField>> Items { get; }

    /// <summary>By collection, the blocks of an item.</summary>
    public ImmutableArray<int> ItemBlocks { get; }

    /// <summary>The first block of the first item.</summary>
    public int FirstItemBlock => IdentityBlocks + HeaderBlocks;

    /// <summary>
    /// What leaves of this schema mean, in UTF-8: a line for each field of the account and of its collections with its name, place, kind, scale, bounds and unit. Its hash enters every leaf beside the id, so that leaves
    /// of two schemas cannot stand for each other.
    /// </summary>
    public ImmutableArray<byte> CanonicalBytes()
    {
        var text = new StringBuilder("fermat account schema 1\n");
        Describe(text, Schema.Scalars, Scalars);
        for (int c = 0; c < Schema.Collections.Length; c++)
        {
            text.Append(CultureInfo.InvariantCulture, $"collection {Schema.Collections[c].Name} up to {Schema.Collections[c].MaxItems}\n");
            Describe(text, Schema.Collections[c].Fields, Items[c]);
        }
        return [.. Encoding.UTF8.GetBytes(text.ToString())];
    }

    /// <summary>Blocks of an account's leaf.</summary>
    public int Blocks(AccountData account)
    {
        int blocks = FirstItemBlock;
        for (int c = 0; c < ItemBlocks.Length; c++) blocks += ItemBlocks[c] * account.Items[c].Length;
        return blocks;
    }

    /// <summary>Writes the blocks from the header on.</summary>
    /// <param name="account">An account of the schema.</param>
    /// <param name="into">8 · (<see cref="Blocks"/> − 3) elements.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number does not fit its quantity.</exception>
    public void Write(AccountData account, Span<uint> into)
    {
        into.Clear();
        (into[0], into[1], into[2]) = NonceElements(account.Nonce);
        for (int c = 0; c < ItemBlocks.Length; c++) into[CountsAt + c] = (uint)account.Items[c].Length;
        Write(Scalars, account.Scalars, into);
        int at = HeaderBlocks * BlockSize;
        for (int c = 0; c < ItemBlocks.Length; c++)
            foreach (ImmutableArray<BigInteger> item in account.Items[c])
            {
                Write(Items[c], item, into[at..]);
                at += ItemBlocks[c] * BlockSize;
            }
    }

    /// <summary>A nonce as the header holds it: bits 0–23, 24–47, 48–63.</summary>
    public static (uint Low, uint Middle, uint High) NonceElements(ulong nonce) => ((uint)nonce & 0xffffff, (uint)(nonce >> 24) & 0xffffff, (uint)(nonce >> 48));

    private static void Write(ImmutableArray<LeafField> fields, ImmutableArray<BigInteger> values, Span<uint> into)
    {
        for (int i = 0; i < fields.Length; i++)
        {
            if (fields[i].Bytes is { } bytes) bytes.Write(values[i], into[fields[i].First..]);
            else into[fields[i].First] = (uint)values[i];
        }
    }

    private static (ImmutableArray<LeafField> Fields, int Blocks) Place(ImmutableArray<SchemaField> fields, int first)
    {
        var places = ImmutableArray.CreateBuilder<LeafField>();
        foreach (SchemaField field in fields)
        {
            places.Add(new LeafField(first, field.Type is FieldType.Number number ? NumberBytes.Of(number.Quantity.Bounds) : null));
            first += places[^1].Elements;
        }
        return (places.ToImmutable(), (first + BlockSize - 1) / BlockSize);
    }

    private void Describe(StringBuilder text, ImmutableArray<SchemaField> fields, ImmutableArray<LeafField> places)
    {
        for (int i = 0; i < fields.Length; i++)
        {
            string type = fields[i].Type switch
            {
                FieldType.Number { Quantity: var q } => string.Create(CultureInfo.InvariantCulture, $"number scale {q.Scale} from {q.Bounds.Min} to {q.Bounds.Max} unit {q.Unit}"),
                FieldType.Flag => "flag",
                FieldType.Choice { Type: var choice } => $"one of {string.Join(' ', choice.Values)}",
                FieldType.Reference { Table: var table } => $"record of {Schema.Tables[table].Name}",
                _ => throw new InvalidOperationException("a private field is a number, a flag, a choice or a reference"),
            };
            text.Append(CultureInfo.InvariantCulture, $"{fields[i].Name} at {places[i].First}: {type}\n");
        }
    }
}
