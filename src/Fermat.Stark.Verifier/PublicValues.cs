using System.Buffers.Binary;
using Fermat.Air;
using Fermat.Algebra;

namespace Fermat.Stark;

/// <summary>
/// The public columns of a statement as lists of numbers: all that is needed where they depend on no challenge. A statement whose columns are
/// computed from few inputs, or depend on challenges, implements <see cref="IPublicTables"/> itself.
/// </summary>
/// <remarks>
/// The canonical bytes are, for each public column in the order of the circuit's tables and their columns, the number of its values and the values, as
/// little-endian 32-bit words. The circuit fixes which columns there are, so different values have different bytes.
/// </remarks>
public sealed class PublicValues : IPublicTables
{
    private readonly uint[][][] _values; // by table, then by the column's offset
    private readonly byte[] _publicInputs;

    /// <summary>Takes the values of every public column.</summary>
    /// <param name="circuit">The circuit.</param>
    /// <param name="columns">Each public column once, with the values of its first rows, below p; the rows after them are zero.</param>
    /// <exception cref="ArgumentException">
    /// A column is missing, given twice, not a public base-field column of phase 0, or has a value that is not below p.
    /// </exception>
    public PublicValues(Circuit circuit, params IReadOnlyList<(Expr Column, IReadOnlyList<uint> Values)> columns)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        ArgumentNullException.ThrowIfNull(columns);
        _values = [.. circuit.Tables.Select(table => new uint[table.PublicWidth][])];
        foreach ((Expr column, IReadOnlyList<uint> values) in columns)
        {
            ColumnInfo info = column.ColumnInfo;
            if (!ReferenceEquals(column.Graph, circuit.Graph) || info.Source != ColumnSource.Public || info.Phase != 0 || info.IsExtension)
                throw new ArgumentException($"{info.Name} is not a public base-field column of phase 0 of circuit {circuit.Name}", nameof(columns));
            if (_values[info.Table][info.Offset] is not null) throw new ArgumentException($"the values of {info.Name} are given twice", nameof(columns));
            foreach (uint value in values)
            {
                if (value >= KoalaBear.Modulus) throw new ArgumentException($"{info.Name}: {value} is not below {KoalaBear.Modulus}", nameof(columns));
            }

            _values[info.Table][info.Offset] = [.. values];
        }

        foreach (Table table in circuit.Tables)
        {
            foreach (ColumnInfo column in table.PublicColumns)
            {
                if (_values[table.Index][column.Offset] is null)
                    throw new ArgumentException($"table {table.Name}: the values of the public column {column.Name} are missing", nameof(columns));
            }
        }

        _publicInputs = Encode();
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> PublicInputs => _publicInputs;

    /// <inheritdoc/>
    public int RequiredRows(int table) => _values[table].Select(values => values.Length).DefaultIfEmpty(0).Max();

    /// <inheritdoc/>
    public void Fill(int table, int phase, int activeRows, ReadOnlySpan<Quintic> challenges, Matrix publicColumns)
    {
        ArgumentNullException.ThrowIfNull(publicColumns);
        for (int column = 0; column < _values[table].Length; column++)
        {
            uint[] values = _values[table][column];
            for (int row = 0; row < values.Length; row++) publicColumns[row, column] = KoalaBear.From(values[row]);
        }
    }

    private byte[] Encode()
    {
        uint[][] columns = [.. _values.SelectMany(table => table)];
        var bytes = new byte[sizeof(uint) * columns.Sum(values => 1 + values.Length)];
        Span<byte> rest = bytes;
        foreach (uint[] values in columns)
        {
            foreach (uint word in (ReadOnlySpan<uint>)[(uint)values.Length, .. values])
            {
                BinaryPrimitives.WriteUInt32LittleEndian(rest, word);
                rest = rest[sizeof(uint)..];
            }
        }

        return bytes;
    }
}
