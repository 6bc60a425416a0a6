using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Lowering;

internal sealed partial class Lowerer
{
    private readonly Dictionary<(Domain Domain, int Ladder, int Digits), PieceLookup> _ladders = [];

    /// <summary>The public tables of ladders.</summary>
    public IEnumerable<PieceLookup> Ladders => _ladders.Values;

    /// <summary>slope · x + offset with the piece that x lies in, exact.</summary>
    private NumberValue Tier(Tiered node, Domain domain)
    {
        NumberValue x = Number(node.X, domain);
        if (x.Form.Constant is not null) throw Homes.NotYet("tiers of a constant");
        if (x.Bounds.Min.Sign < 0) throw new CoreException("overflow", "tiers begin at zero, and this can be negative");
        DigitColumns digits = Commit(x, domain, Name("digits"));
        (LimbForm slope, LimbForm offset) = Ladder(node.Ladder, digits.Form.Count, x.Bounds, domain).Find(Name("tier"), digits);
        var product = Product(new NumberValue(slope, new Bounds(0, 0)), x, node.Bounds, domain);
        return new NumberValue(LimbForm.Add(product.Form, offset), node.Bounds);
    }

    private PieceLookup Ladder(CoreNode ladder, int digits, Bounds x, Domain domain)
    {
        (Domain, int, int) key = (domain, _keys.Of(ladder), digits);
        if (_ladders.TryGetValue(key, out PieceLookup? known)) return known;
        FieldType.Ladder type = ((CoreType.Ladder)ladder.Type).Field;
        (SmallValue? record, int table, Func<Interpreter, int, LadderData> of) = LadderOf(ladder, domain);
        var lookup = new PieceLookup(_circuit, domain, Unique($"pieces of {Place()} for {domain.Name}"), record, table, type, x, of);
        _ladders.Add(key, lookup);
        return lookup;
    }

    /// <summary>Whose ladder it is, as the row says.</summary>
    private (SmallValue? Record, int Table, Func<Interpreter, int, LadderData> Of) LadderOf(CoreNode ladder, Domain domain)
    {
        if (ladder.Free.Length > 1 || ladder.Stage == Stage.Private) throw Homes.NotYet("a ladder that depends on more than one reference");
        if (ladder.Stage == Stage.Keyed)
        {
            CoreKey key = ladder.Reference!.Value;
            if (DomainOf(Homes.Of(ladder)) != domain) throw Homes.NotYet($"a ladder of {key.Variable.Name} used for {domain.Name}");
            return ((SmallValue)domain.Fields[key.Index], TableOf(key), (interpreter, record) => interpreter.EvaluateLadder(ladder, (key.Variable, record)));
        }
        if (ladder.Free.Length == 0) return (null, -1, (interpreter, _) => interpreter.EvaluateLadder(ladder));
        CoreVariable variable = ladder.Free[0];
        if (domain.Source is not CoreSource.Table table || variable.Source is not CoreSource.Table { Index: var index } || index != table.Index)
            throw Homes.NotYet($"a ladder of {variable.Name} used for {domain.Name}");
        return (domain.Key, index, (interpreter, record) => interpreter.EvaluateLadder(ladder, (variable, record)));
    }
}
