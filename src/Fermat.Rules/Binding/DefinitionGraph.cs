using System.Collections.Immutable;
using Fermat.Rules.Text;

namespace Fermat.Rules.Binding;

/// <summary>Which definition needs which, and where it says so.</summary>
internal sealed class DefinitionGraph
{
    private readonly Dictionary<DefinitionSymbol, List<(DefinitionSymbol Needed, SourceSpan Place)>> _edges = [];

    /// <summary>Definitions that have an error or need one that has.</summary>
    public HashSet<DefinitionSymbol> Broken { get; } = [];

    public void Add(DefinitionSymbol from, DefinitionSymbol to, SourceSpan place)
    {
        if (!_edges.TryGetValue(from, out List<(DefinitionSymbol, SourceSpan)>? edges)) _edges.Add(from, edges = []);
        edges.Add((to, place));
    }

    /// <summary>An order in which every definition comes after those that it needs. A cycle is an error; what is in it or needs it is broken.</summary>
    public ImmutableArray<DefinitionSymbol> Sort(IEnumerable<DefinitionSymbol> definitions, DiagnosticBag bag)
    {
        var order = ImmutableArray.CreateBuilder<DefinitionSymbol>();
        var done = new HashSet<DefinitionSymbol>();
        var open = new HashSet<DefinitionSymbol>();
        foreach (DefinitionSymbol root in definitions)
        {
            if (done.Contains(root)) continue;
            // The path from the root with how many edges of each were followed: recursion without the stack, which a chain of thousands of definitions would exhaust.
            var path = new List<(DefinitionSymbol Definition, int Next)> { (root, 0) };
            open.Add(root);
            while (path.Count > 0)
            {
                (DefinitionSymbol definition, int next) = path[^1];
                List<(DefinitionSymbol Needed, SourceSpan Place)> edges = _edges.GetValueOrDefault(definition) ?? [];
                if (next == edges.Count)
                {
                    path.RemoveAt(path.Count - 1);
                    open.Remove(definition);
                    done.Add(definition);
                    order.Add(definition);
                    if (edges.Any(edge => Broken.Contains(edge.Needed))) Broken.Add(definition);
                    continue;
                }
                path[^1] = (definition, next + 1);
                DefinitionSymbol needed = edges[next].Needed;
                if (open.Contains(needed))
                    ReportCycle(path, needed, bag);
                else if (!done.Contains(needed))
                {
                    path.Add((needed, 0));
                    open.Add(needed);
                }
            }
        }
        return order.DrainToImmutable();
    }

    /// <summary>What some definitions need, directly or not; themselves too.</summary>
    public HashSet<DefinitionSymbol> Reachable(IEnumerable<DefinitionSymbol> roots)
    {
        var reached = new HashSet<DefinitionSymbol>(roots);
        var work = new Queue<DefinitionSymbol>(reached);
        while (work.TryDequeue(out DefinitionSymbol? definition))
            foreach ((DefinitionSymbol needed, _) in _edges.GetValueOrDefault(definition) ?? [])
                if (reached.Add(needed)) work.Enqueue(needed);
        return reached;
    }

    private void ReportCycle(List<(DefinitionSymbol Definition, int Next)> path, DefinitionSymbol start, DiagnosticBag bag)
    {
        const int shown = 8;
        int from = path.FindIndex(step => step.Definition == start);
        List<(DefinitionSymbol Definition, int Next)> cycle = path[from..];
        foreach ((DefinitionSymbol definition, _) in cycle) Broken.Add(definition);
        IEnumerable<string> names = cycle.Select(step => step.Definition.FullName).Append(start.FullName);
        if (cycle.Count > shown) names = [.. names.Take(shown), "…", start.FullName];
        bag.Error(DiagnosticCodes.Recursion, start.Declared.Span, $"`{start.FullName}` needs itself: {string.Join(" → ", names)}", null, "a definition can only use what does not need it",
            cycle.Take(shown).Select(step => new DiagnosticNote($"`{step.Definition.FullName}` needs `{_edges[step.Definition][step.Next - 1].Needed.FullName}` here", _edges[step.Definition][step.Next - 1].Place)));
    }
}
