using System.Buffers.Binary;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;

namespace Fermat.Stark;

/// <summary>
/// The public columns of a proof, filled in by the statement phase by phase and absorbed as digests before that phase's root. A statement whose columns are
/// not a function of its public inputs would otherwise leave the prover free to choose them after it has seen challenges; so they are bound whatever the statement does.
/// </summary>
/// <param name="shape">The proof's shape.</param>
/// <param name="publics">The statement's.</param>
public sealed class PublicColumns(ProofShape shape, IPublicTables publics) : IDisposable
{
    private const string Context = "fermat public columns v1";
    private const int BufferedCells = 1 << 12;

    private readonly Matrix?[] _columns = new Matrix?[shape.LogHeights.Length];

    /// <summary>The columns of a table, as far as they are filled in; null if it has none.</summary>
    /// <param name="table">Index of the table.</param>
    public Matrix? OfTable(int table) => _columns[table];

    /// <summary>Fills in the columns of a phase and hashes them.</summary>
    /// <param name="phase">The phase, in order.</param>
    /// <param name="challenges">The challenges drawn before the phase, or more; no others are shown to the statement.</param>
    /// <returns>The digest of each table that has public columns in the phase, in circuit order.</returns>
    public Digest[] Fill(int phase, ReadOnlySpan<Quintic> challenges)
    {
        FillColumns(phase, challenges);
        return [.. shape.TablesWithPublicColumns(phase).Select(table => DigestOf(table, phase, _columns[table.Index]!))];
    }

    /// <summary>Fills in the columns of all phases, without hashing them: for who has absorbed their digests already.</summary>
    /// <param name="challenges">All challenges of the circuit.</param>
    public void FillAll(ReadOnlySpan<Quintic> challenges)
    {
        for (int phase = 0; phase < shape.Circuit.Phases; phase++) FillColumns(phase, challenges);
    }

    private void FillColumns(int phase, ReadOnlySpan<Quintic> challenges)
    {
        foreach (Table table in shape.TablesWithPublicColumns(phase))
        {
            TraceDomain domain = shape.Domain(table.Index);
            Matrix columns = _columns[table.Index] ??= new Matrix(domain.Rows, table.PublicWidth);
            publics.Fill(table.Index, phase, domain.ActiveRows, challenges[..shape.Circuit.ChallengesBefore(phase)], columns);
        }
    }

    /// <summary>
    /// BLAKE3 in key-derivation mode, context "fermat public columns v1", of all cells of one phase's columns, tail rows included, row by row, four bytes each, least significant first.
    /// </summary>
    /// <param name="table">The table.</param>
    /// <param name="phase">The phase.</param>
    /// <param name="columns">All public columns of the table, in natural order.</param>
    public static Digest DigestOf(Table table, int phase, Matrix columns)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(columns);
        int[] offsets = [.. table.PublicColumns.Where(column => column.Phase == phase).SelectMany(column => Enumerable.Range(column.Offset, column.BaseWidth)).Order()];
        var hasher = Blake3Hasher.ForContext(Context);
        int rowsAtOnce = Math.Max(1, BufferedCells / Math.Max(offsets.Length, 1));
        var buffer = new byte[rowsAtOnce * offsets.Length * sizeof(uint)];
        for (int first = 0; first < columns.Rows; first += rowsAtOnce)
        {
            Span<byte> rest = buffer;
            for (int row = first; row < Math.Min(first + rowsAtOnce, columns.Rows); row++)
            {
                ReadOnlySpan<KoalaBear> cells = columns.Row(row);
                foreach (int offset in offsets)
                {
                    BinaryPrimitives.WriteUInt32LittleEndian(rest, cells[offset].Value);
                    rest = rest[sizeof(uint)..];
                }
            }

            hasher.Update(buffer.AsSpan(0, buffer.Length - rest.Length));
        }

        return hasher.Finish();
    }

    /// <summary>Frees the columns.</summary>
    public void Dispose()
    {
        for (int table = 0; table < _columns.Length; table++)
        {
            _columns[table]?.Dispose();
            _columns[table] = null;
        }
    }
}
