using Fermat.Algebra;

namespace Fermat.Air;

/// <summary>Declares the columns, constraints and messages of one table.</summary>
public sealed class TableBuilder
{
    /// <summary>The largest degree of a constraint, selector included.</summary>
    public const int MaxDegree = 3;

    private readonly CircuitBuilder _circuit;
    private readonly HashSet<string> _names = [];
    private readonly Dictionary<int, int> _phaseWidths = [];

    internal TableBuilder(CircuitBuilder circuit, int index, string name)
    {
        _circuit = circuit;
        Index = index;
        Name = name;
    }

    /// <summary>The table's name.</summary>
    public string Name { get; }

    /// <summary>The table's position in the circuit.</summary>
    public int Index { get; }

    /// <summary>The smallest height the verifier accepts, as a logarithm. Also bounded below by the number of tail rows.</summary>
    public int MinLogHeight { get; set; } = 4;

    /// <summary>The largest height the verifier accepts, as a logarithm: set it from the table's no-wrap bound.</summary>
    public int MaxLogHeight { get; set; } = KoalaBear.TwoAdicity - 1;

    /// <summary>1 on the first active row, 0 on the others; degree 1.</summary>
    public Expr FirstRow => Selector(SelectorKind.First);

    /// <summary>1 on the last active row, 0 on the others; degree 1.</summary>
    public Expr LastRow => Selector(SelectorKind.Last);

    internal List<ColumnInfo> DeclaredColumns { get; } = [];

    internal List<Constraint> Constraints { get; } = [];

    internal List<Interaction> Interactions { get; } = [];

    internal Action<Matrix, int>? PreprocessedFill { get; private set; }

    internal IReadOnlyDictionary<int, int> PhaseWidths => _phaseWidths;

    internal int PreprocessedWidth { get; private set; }

    internal int PublicWidth { get; private set; }

    /// <summary>A base-field column committed in phase 0.</summary>
    /// <param name="name">Unique in the table.</param>
    public Expr Column(string name) => Committed(name, 0, isExtension: false);

    /// <summary>Base-field columns of phase 0, adjacent, named name[0], name[1], …</summary>
    /// <param name="name">The common part of the names.</param>
    /// <param name="count">How many.</param>
    public Expr[] Columns(string name, int count)
    {
        var columns = new Expr[count];
        for (int i = 0; i < count; i++)
            columns[i] = Column($"{name}[{i}]");
        return columns;
    }

    /// <summary>An extension column: five base-field columns that are one extension expression.</summary>
    /// <param name="name">Unique in the table.</param>
    /// <param name="phase">The phase that commits it; values may depend on challenges of earlier phases.</param>
    public Expr ExtensionColumn(string name, int phase) => Committed(name, phase, isExtension: true);

    /// <summary>A column fixed with the circuit, filled by <see cref="PreprocessedValues"/>.</summary>
    /// <param name="name">Unique in the table.</param>
    public Expr Preprocessed(string name) => Declare(name, ColumnSource.Preprocessed, 0, false, PreprocessedWidth++);

    /// <summary>A base-field column that the statement supplies, known before the proof.</summary>
    /// <param name="name">Unique in the table.</param>
    public Expr PublicColumn(string name) => Declare(name, ColumnSource.Public, 0, false, PublicWidth++);

    /// <summary>An extension column that the statement supplies.</summary>
    /// <param name="name">Unique in the table.</param>
    /// <param name="phase">Its values may depend on challenges of phases below this.</param>
    public Expr PublicExtensionColumn(string name, int phase)
    {
        int offset = PublicWidth;
        PublicWidth += Quintic.Degree;
        return Declare(name, ColumnSource.Public, phase, true, offset);
    }

    /// <summary>The same column on the next row.</summary>
    /// <param name="column">A column, of any source.</param>
    public Expr Next(Expr column)
    {
        ColumnInfo info = column.ColumnInfo;
        return info.Table == Index
            ? new Expr(_circuit.Graph, _circuit.Graph.Column(info, next: true))
            : throw new CircuitException($"table {Name}: {info.Name} is a column of another table");
    }

    /// <summary>An expression that is zero on every active row. It must not read the next row.</summary>
    /// <param name="name">Unique in the table.</param>
    /// <param name="mustBeZero">The expression, of degree ≤ 3.</param>
    public void Constrain(string name, Expr mustBeZero) => Add(name, ConstraintRows.Every, mustBeZero);

    /// <summary>An expression that is zero on row 0.</summary>
    /// <param name="name">Unique in the table.</param>
    /// <param name="mustBeZero">The expression, of degree ≤ 2.</param>
    public void ConstrainFirst(string name, Expr mustBeZero) => Add(name, ConstraintRows.First, mustBeZero);

    /// <summary>An expression that is zero on the last active row. It must not read the next row.</summary>
    /// <param name="name">Unique in the table.</param>
    /// <param name="mustBeZero">The expression, of degree ≤ 2.</param>
    public void ConstrainLast(string name, Expr mustBeZero) => Add(name, ConstraintRows.Last, mustBeZero);

    /// <summary>An expression that is zero on every active row but the last; it may read the next row.</summary>
    /// <param name="name">Unique in the table.</param>
    /// <param name="mustBeZero">The expression, of degree ≤ 3.</param>
    public void ConstrainTransition(string name, Expr mustBeZero) => Add(name, ConstraintRows.Transition, mustBeZero);

    /// <summary>An expression that is 0 or 1 on every active row.</summary>
    /// <param name="name">Unique in the table.</param>
    /// <param name="expression">The expression, of degree 1.</param>
    public void ConstrainBoolean(string name, Expr expression) => Constrain(name, expression * (expression - 1));

    /// <summary>Every active row puts a message on a bus.</summary>
    /// <param name="bus">The bus.</param>
    /// <param name="name">Unique in the table.</param>
    /// <param name="multiplicity">How often; 0 for not at all. Must not read the next row.</param>
    /// <param name="message">The elements; base or extension. Must not read the next row.</param>
    public void Send(Bus bus, string name, Expr multiplicity, params Expr[] message) => Add(bus, name, multiplicity, message, true, false);

    /// <summary>Every active row takes a message from a bus.</summary>
    /// <inheritdoc cref="Send"/>
    public void Receive(Bus bus, string name, Expr multiplicity, params Expr[] message) => Add(bus, name, -multiplicity, message, false, false);

    /// <summary>How the preprocessed columns are filled: the matrix has the table's height; rows from activeRows on are left zero.</summary>
    /// <param name="fill">Called with the matrix (natural order) and the number of active rows. Must be deterministic.</param>
    public void PreprocessedValues(Action<Matrix, int> fill) => PreprocessedFill = fill;

    internal void Add(Bus bus, string name, Expr multiplicity, IReadOnlyList<Expr> message, bool isSend, bool isGenerated)
    {
        _circuit.RequireOpen();
        if (!_circuit.Owns(bus))
            throw new CircuitException($"table {Name}, message {name}: bus {bus.Name} is one of another circuit");
        Claim(name);
        if (bus.Width < 0)
            bus.Width = message.Count;
        if (bus.Width != message.Count)
            throw new CircuitException($"table {Name}, message {name}: {message.Count} elements on bus {bus.Name}, whose messages have {bus.Width}");
        foreach (Expr element in message.Append(multiplicity))
            RequireOwn(name, element, mayUseNext: false);
        Interactions.Add(new Interaction(name, bus, Bind(multiplicity), [.. message.Select(Bind)], isSend, isGenerated));
    }

    internal void Add(string name, ConstraintRows rows, Expr mustBeZero, bool isGenerated = false)
    {
        _circuit.RequireOpen();
        Claim(name);
        RequireOwn(name, mustBeZero, mayUseNext: rows is ConstraintRows.Transition or ConstraintRows.First);
        var constraint = new Constraint(name, rows, Bind(mustBeZero), isGenerated);
        if (constraint.Degree > MaxDegree)
            throw new CircuitException($"table {Name}, constraint {name}: degree {constraint.Degree} with its selector, at most {MaxDegree} is allowed");
        if (constraint.Expression.Traits is { IsScalar: true } && !constraint.Expression.Graph!.IsConstant(constraint.Expression.Id, out _))
            throw new CircuitException($"table {Name}, constraint {name}: reads no column");
        if (mustBeZero.Graph is null && mustBeZero != 0)
            throw new CircuitException($"table {Name}, constraint {name}: a nonzero constant is never zero");
        Constraints.Add(constraint);
    }

    internal Expr Committed(string name, int phase, bool isExtension)
    {
        if (phase < 0)
            throw new CircuitException($"table {Name}, column {name}: phase {phase} does not exist");
        int offset = _phaseWidths.GetValueOrDefault(phase);
        _phaseWidths[phase] = offset + (isExtension ? Quintic.Degree : 1);
        return Declare(name, ColumnSource.Committed, phase, isExtension, offset);
    }

    internal Expr Selector(SelectorKind kind) => new(_circuit.Graph, _circuit.Graph.Selector(kind));

    internal Expr BusSum => new(_circuit.Graph, _circuit.Graph.BusSum());

    private Expr Declare(string name, ColumnSource source, int phase, bool isExtension, int offset)
    {
        _circuit.RequireOpen();
        Claim("column " + name);
        ColumnInfo column = _circuit.Graph.NewColumn(Index, name, source, phase, isExtension, offset);
        DeclaredColumns.Add(column);
        return new Expr(_circuit.Graph, _circuit.Graph.Column(column, next: false));
    }

    private Expr Bind(Expr expression) => new(_circuit.Graph, expression.In(_circuit.Graph));

    private void Claim(string name)
    {
        if (!_names.Add(name))
            throw new CircuitException($"table {Name}: the name {name} is used twice");
    }

    private void RequireOwn(string name, Expr expression, bool mayUseNext)
    {
        NodeTraits traits = expression.Traits;
        if (traits.Table >= 0 && traits.Table != Index)
            throw new CircuitException($"table {Name}, {name}: reads columns of another table");
        if (traits.UsesNext && !mayUseNext)
            throw new CircuitException($"table {Name}, {name}: reads the next row, which is random after the last active row; use a transition constraint");
    }
}
