using Fermat.Algebra;

namespace Fermat.Air;

/// <summary>
/// Compiles expressions to strip instructions in four passes: the needed nodes are copied to a graph of their own; sums are flattened to linear forms
/// (<see cref="LinearForm"/>); instructions are emitted depth first on virtual registers; <see cref="RegisterAllocator"/> maps these to few real ones.
/// </summary>
/// <remarks>Every node is computed at most once, at its first use, except for columns, which are read again when their last use is long past.</remarks>
internal sealed class StripLowering
{
    /// <summary>The largest Σ|k| for which sums of k·x stay below 2^43, with the bias that keeps them positive.</summary>
    public const int SmallSum = 1 << 11;

    /// <summary>Computed (not loaded) terms of an extension sum that wait in registers for one instruction.</summary>
    private const int DotTerms = 16;

    private readonly Table _table;
    private readonly Graph _graph = new();
    private readonly Dictionary<int, int> _imported = [];
    private readonly StripScalars _scalars;
    private readonly StripBuilder _builder = new();
    private readonly Dictionary<int, int> _base = [];
    private readonly Dictionary<int, int[]> _extension = [];
    private ColumnLoader _loader = null!;
    private int[] _uses = [];

    public StripLowering(Table table)
    {
        _table = table;
        _scalars = new StripScalars(_graph);
    }

    public StripProgram Lower(IReadOnlyList<Expr> outputs) => LowerNodes([.. outputs.Select(o => Import(o))]);

    public StripProgram LowerFold()
    {
        // Constraints of a kind are folded first and multiplied by their selector once.
        var folds = new Dictionary<ConstraintRows, int>();
        for (int j = 0; j < _table.Constraints.Count; j++)
        {
            Constraint constraint = _table.Constraints[j];
            int power = _graph.Challenge(StripScalars.FoldPower(j), 0);
            int term = _graph.Mul(power, Import(constraint.Expression));
            folds[constraint.Rows] = folds.TryGetValue(constraint.Rows, out int sum) ? _graph.Add(sum, term) : term;
        }
        int fold = _graph.Constant(default);
        foreach ((ConstraintRows rows, int sum) in folds.OrderBy(f => f.Key))
            fold = _graph.Add(fold, rows == ConstraintRows.Every ? sum : _graph.Mul(_graph.Selector(SelectorOf(rows)), sum));
        return LowerNodes([fold], forceExtension: true);
    }

    private static SelectorKind SelectorOf(ConstraintRows rows) => rows switch
    {
        ConstraintRows.First => SelectorKind.First,
        ConstraintRows.Last => SelectorKind.Last,
        _ => SelectorKind.Transition,
    };

    private StripProgram LowerNodes(int[] outputs, bool forceExtension = false)
    {
        int[] nodes = _graph.Reachable(outputs);
        _uses = CountUses(nodes, outputs);
        _loader = new ColumnLoader(_table, _graph, nodes, _builder);
        int[][] registers = [.. outputs.Select(o => forceExtension || _graph.Traits(o).IsExtension ? Extension(o) : [Base(o)])];
        return _builder.Finish(_table, registers, _scalars);
    }

    private int Import(Expr expression)
    {
        if (expression.Graph is null)
            return _graph.Constant(expression.PlainConstant);
        Graph source = _table.Graph;
        if (!ReferenceEquals(expression.Graph, source))
            throw new CircuitException("the expression belongs to another circuit");
        foreach (int id in source.Reachable([expression.Id]))
        {
            if (!_imported.ContainsKey(id))
                _imported.Add(id, Import(source, source[id]));
        }
        return _imported[expression.Id];
    }

    private int Import(Graph source, Node node)
    {
        switch (node.Kind)
        {
            case ExprKind.Constant: return _graph.Constant(source.Constants[node.A]);
            case ExprKind.Column or ExprKind.NextColumn:
                ColumnInfo column = source.Columns[node.A];
                if (column.Table != _table.Index)
                    throw new CircuitException($"column {column.Name} is not one of table {_table.Name}");
                return _graph.Column(column, node.Kind == ExprKind.NextColumn);
            case ExprKind.Selector: return _graph.Selector((SelectorKind)node.A);
            case ExprKind.Challenge: return _graph.Challenge(node.A, 0);
            case ExprKind.BusSum: return _graph.BusSum();
            case ExprKind.Add: return _graph.Add(_imported[node.A], _imported[node.B]);
            case ExprKind.Sub: return _graph.Sub(_imported[node.A], _imported[node.B]);
            case ExprKind.Mul: return _graph.Mul(_imported[node.A], _imported[node.B]);
            default: return _graph.Neg(_imported[node.A]);
        }
    }

    private int[] CountUses(int[] nodes, int[] outputs)
    {
        var uses = new int[_graph.Count];
        foreach (int output in outputs)
            uses[output]++;
        foreach (int id in nodes)
        {
            Node node = _graph[id];
            if (node.Kind < ExprKind.Add)
                continue;
            uses[node.A]++;
            if (node.Kind != ExprKind.Neg)
                uses[node.B]++;
        }
        return uses;
    }

    private LinearForm FormOf(int id) => LinearForm.Of(_graph, id, n => _uses[n] == 1 && !_base.ContainsKey(n) && !_extension.ContainsKey(n));

    /// <summary>The register of a base-field node.</summary>
    private int Base(int id)
    {
        if (_loader.IsColumn(id))
            return _loader.Base(id);
        if (_base.TryGetValue(id, out int register))
            return register;
        Node node = _graph[id];
        register = node.Kind == ExprKind.Mul && !IsScalar(node.A) && !IsScalar(node.B) ? BaseProduct(node) : BaseSum(FormOf(id));
        _base.Add(id, register);
        return register;
    }

    private int BaseProduct(Node node)
    {
        if (CubeRoot(node) is int root)
            return _builder.Emit(StripOp.Cube, 1, [Base(root)])[0];
        return _builder.Emit(StripOp.Mul, 1, [Base(node.A), Base(node.B)])[0];
    }

    /// <summary>x when the product is x·(x·x) and the square is used nowhere else.</summary>
    private int? CubeRoot(Node node)
    {
        return Of(node.A, node.B) ?? Of(node.B, node.A);

        int? Of(int x, int square) => _graph[square] == new Node(ExprKind.Mul, x, x) && _uses[square] == 1 ? x : null;
    }

    private int BaseSum(LinearForm form)
    {
        var sum = new LinearTerms { Constant = IsZero(form.Constant) ? -1 : _scalars.OffsetOf(form.Constant) };
        foreach (LinearForm.Term term in form.Terms)
            AddBaseTerm(sum, term);
        return sum.Emit(_builder, _scalars);
    }

    private void AddBaseTerm(LinearTerms sum, LinearForm.Term term)
    {
        KoalaBear factor = _graph.IsConstant(term.Factor, out Quintic value) && value.IsBase
            ? value.C0
            : throw new InvalidOperationException("a base-field sum has base-field coefficients");
        int sign = factor == KoalaBear.One ? 1 : factor == -KoalaBear.One ? -1 : 0;
        Node node = _graph[term.Node];
        if (sign != 0 && IsFreeProduct(term.Node))
        {
            if (sign < 0 && CubeRoot(node) is int root)
                sum.MinusCubes.Add(Base(root));
            else
                sum.AddProduct(Base(node.A), Base(node.B), sign < 0);
        }
        else if (sign != 0)
        {
            (sign > 0 ? sum.Plus : sum.Minus).Add(Base(term.Node));
        }
        else
        {
            sum.AddMultiple(Base(term.Node), term.Factor, factor);
        }
    }

    /// <summary>A product of two row-dependent nodes that nobody else needs, so that it may be fused into a sum.</summary>
    private bool IsFreeProduct(int id) =>
        _graph[id].Kind == ExprKind.Mul && _uses[id] == 1 && !_base.ContainsKey(id) && !_extension.ContainsKey(id)
        && !IsScalar(_graph[id].A) && !IsScalar(_graph[id].B);

    /// <summary>The five registers of an extension node.</summary>
    private int[] Extension(int id)
    {
        if (_loader.IsColumn(id))
            return _loader.Extension(id);
        if (_extension.TryGetValue(id, out int[]? registers))
            return registers;
        Node node = _graph[id];
        registers = node.Kind == ExprKind.Mul && !IsScalar(node.A) && !IsScalar(node.B) && _graph.Traits(id).IsExtension
            ? ExtensionProduct(node)
            : ExtensionSum(FormOf(id));
        _extension.Add(id, registers);
        return registers;
    }

    private int[] ExtensionProduct(Node node)
    {
        bool left = _graph.Traits(node.A).IsExtension, right = _graph.Traits(node.B).IsExtension;
        if (left && right)
            return _builder.Emit(StripOp.ExtMul, Quintic.Degree, [.. Extension(node.A), .. Extension(node.B)]);
        (int extension, int scale) = left ? (node.A, node.B) : (node.B, node.A);
        return _builder.Emit(StripOp.ExtScale, Quintic.Degree, [.. Extension(extension), Base(scale)]);
    }

    private int[] ExtensionSum(LinearForm form)
    {
        var components = new LinearTerms[Quintic.Degree];
        for (int c = 0; c < components.Length; c++)
            components[c] = new LinearTerms();
        var dot = new ExtensionDot(_builder, IsZero(form.Constant) ? -1 : _scalars.OffsetOf(form.Constant));
        foreach (LinearForm.Term term in form.Terms)
            AddExtensionTerm(components, dot, term);
        if (dot.IsEmpty)
        {
            for (int c = 0; c < components.Length && !IsZero(form.Constant); c++)
                components[c].Constant = _scalars.OffsetOf(form.Constant) + c;
        }
        else
        {
            int[] sum = dot.Finish();
            if (components.All(c => c.IsEmpty))
                return sum;
            for (int c = 0; c < components.Length; c++)
                components[c].Plus.Add(sum[c]);
        }
        return [.. components.Select(c => c.Emit(_builder, _scalars))];
    }

    private void AddExtensionTerm(LinearTerms[] components, ExtensionDot dot, LinearForm.Term term)
    {
        bool isExtension = _graph.Traits(term.Node).IsExtension;
        if (!_graph.IsConstant(term.Factor, out Quintic value) || !value.IsBase)
        {
            if (!isExtension)
            {
                dot.Add(Base(term.Node), _scalars.OffsetOf(term.Factor), DotTerms);
                return;
            }
            // k·x = Σ (k·X^c)·x_c: five terms of the running sum, with no reduction of their own.
            int factor = term.Factor;
            foreach (int component in Extension(term.Node))
            {
                dot.Add(component, _scalars.OffsetOf(factor), DotTerms);
                factor = _graph.Mul(factor, _graph.Constant(Quintic.X));
            }
        }
        else if (!isExtension)
        {
            AddBaseTerm(components[0], term);
        }
        else
        {
            AddExtensionMultiple(components, term, value.C0);
        }
    }

    private void AddExtensionMultiple(LinearTerms[] components, LinearForm.Term term, KoalaBear factor)
    {
        int sign = factor == KoalaBear.One ? 1 : factor == -KoalaBear.One ? -1 : 0;
        Node node = _graph[term.Node];
        bool left = node.Kind == ExprKind.Mul && _graph.Traits(node.A).IsExtension;
        bool right = node.Kind == ExprKind.Mul && _graph.Traits(node.B).IsExtension;
        if (sign != 0 && left != right && IsFreeProduct(term.Node))
        {
            int scale = Base(left ? node.B : node.A);
            int[] extension = Extension(left ? node.A : node.B);
            for (int c = 0; c < components.Length; c++)
                components[c].AddProduct(extension[c], scale, sign < 0);
            return;
        }
        int[] registers = Extension(term.Node);
        for (int c = 0; c < components.Length; c++)
        {
            if (sign == 0)
                components[c].AddMultiple(registers[c], term.Factor, factor);
            else
                (sign > 0 ? components[c].Plus : components[c].Minus).Add(registers[c]);
        }
    }

    private bool IsScalar(int id) => _graph.Traits(id).IsScalar;

    private bool IsZero(int id) => _graph.IsConstant(id, out Quintic value) && value.IsZero;
}
