using Fermat.Algebra;

namespace Fermat.Air;

/// <summary>
/// Reads columns when they are first needed, eight adjacent ones at a time. A column whose last use is many instructions past is read again rather
/// than kept in a register: rows stay in the cache, registers beyond it would be no nearer.
/// </summary>
internal sealed class ColumnLoader
{
    /// <summary>Instructions after which a column is read again.</summary>
    private const int KeepFor = 400;

    private const int Width = KoalaBearVector.Lanes;

    private readonly Table _table;
    private readonly Graph _graph;
    private readonly StripBuilder _builder;
    private readonly Dictionary<(int Slot, int Column, bool Next), Loaded> _loaded = [];

    public ColumnLoader(Table table, Graph graph, IEnumerable<int> nodes, StripBuilder builder)
    {
        _table = table;
        _graph = graph;
        _builder = builder;
        foreach (int id in nodes.Where(IsColumn))
        {
            (int slot, int column, int width, bool next) = Place(id);
            for (int i = 0; i < width; i++)
                _loaded[(slot, column + i, next)] = new Loaded();
        }
    }

    public bool IsColumn(int id) => _graph[id].Kind is ExprKind.Column or ExprKind.NextColumn or ExprKind.Selector;

    public int Base(int id)
    {
        (int slot, int column, _, bool next) = Place(id);
        return Get(slot, column, next);
    }

    public int[] Extension(int id)
    {
        (int slot, int column, int width, bool next) = Place(id);
        if (width != Quintic.Degree)
            throw new InvalidOperationException("a base-field column is not an extension operand");
        return [.. Enumerable.Range(column, width).Select(c => Get(slot, c, next))];
    }

    private (int Slot, int Column, int Width, bool Next) Place(int id)
    {
        Node node = _graph[id];
        if (node.Kind == ExprKind.Selector)
            return (MatrixSlots.Selectors, node.A, 1, false);
        ColumnInfo column = _table.Graph.Columns[node.A];
        int slot = column.Source switch
        {
            ColumnSource.Preprocessed => MatrixSlots.Preprocessed,
            ColumnSource.Public => MatrixSlots.Public,
            _ => MatrixSlots.Phase(column.Phase),
        };
        return (slot, column.Offset, column.BaseWidth, node.Kind == ExprKind.NextColumn);
    }

    private int Get(int slot, int column, bool next)
    {
        Loaded entry = _loaded[(slot, column, next)];
        if (!IsFresh(entry))
            Load(slot, column / Width * Width, next);
        entry.LastUse = _builder.Count;
        return entry.Register;
    }

    private bool IsFresh(Loaded entry) => entry.Register >= 0 && _builder.Count - entry.LastUse <= KeepFor;

    private void Load(int slot, int first, bool next)
    {
        var wanted = new bool[Width];
        for (int i = 0; i < Width; i++)
            wanted[i] = _loaded.TryGetValue((slot, first + i, next), out Loaded? entry) && !IsFresh(entry);
        int[] registers = _builder.EmitLoad(slot, first, next, wanted);
        for (int i = 0; i < Width; i++)
        {
            if (wanted[i])
                (_loaded[(slot, first + i, next)].Register, _loaded[(slot, first + i, next)].LastUse) = (registers[i], _builder.Count);
        }
    }

    private sealed class Loaded
    {
        public int Register { get; set; } = -1;

        public int LastUse { get; set; }
    }
}
