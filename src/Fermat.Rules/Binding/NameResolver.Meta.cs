using Fermat.Rules.Syntax;
using Fermat.Rules.Text;

namespace Fermat.Rules.Binding;

/// <summary>Names of the block <c>meta</c>: parameters and records before and after an update, and aggregates. Accounts have none there.</summary>
internal sealed partial class NameResolver
{
    private bool InMeta => _definition.IsMeta;

    private void NoAccounts(Identifier name)
        => _bag.Error(DiagnosticCodes.Meta, name.Span, $"`{name.Text}` is part of an account, and the block `meta` judges parameters", "a parameter, a market record or an aggregate of `system`",
            "what all accounts come to is an aggregate: declare it in `system { … }`");

    private void VisitSet(Identifier set, Identifier name)
    {
        if (set.Text == Keywords.System)
        {
            if (_symbols.System.Any(aggregate => aggregate.Name.Text == name.Text)) return;
            string[] names = [.. _symbols.System.Select(aggregate => aggregate.Name.Text)];
            Unknown(name, "in `system` there is no", names, Suggestions.DidYouMean(name.Text, names) ?? $"declare it: `system {{ {name.Text}: … }}`");
            return;
        }
        if (UseLocal(name)) return;
        switch (_symbols.Find(name.Text, null))
        {
            case ParameterSymbol:
                break;
            case ScalarSymbol or CollectionSymbol:
                NoAccounts(name);
                break;
            case { } other:
                _bag.Error(DiagnosticCodes.Meta, name.Span, $"`{name.Text}` is {other.What}, and only parameters and records are {(set.Text == Keywords.Old ? "before" : "after")} an update", "a parameter, or a name that runs over market records",
                    other is TableSymbol ? $"run over it: `all x in {name.Text}: {set.Text}.x.…`" : other is DefinitionSymbol { IsFunction: true } ? $"give it a record: `{name.Text}({set.Text}.x)`" : null);
                break;
            case null:
                Unknown(name, "there is no parameter", _symbols.Names<ParameterSymbol>().Concat(_locals.Keys));
                break;
        }
    }
}
