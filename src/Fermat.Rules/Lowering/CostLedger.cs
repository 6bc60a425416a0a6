namespace Fermat.Rules.Lowering;

/// <summary>Counts the cells of a row that each place of a rulebook costs, by domain.</summary>
internal sealed class CostLedger
{
    private readonly Stack<string> _places = [];
    private readonly Dictionary<(Domain Domain, string Place), int> _cells = [];

    public void Enter(string place) => _places.Push(place);

    public void Leave() => _places.Pop();

    /// <summary>Notes cells made now.</summary>
    public void Cells(Domain domain, int cells)
    {
        (Domain, string) key = (domain, _places.TryPeek(out string? place) ? place : "inputs");
        _cells[key] = _cells.GetValueOrDefault(key) + cells;
    }

    /// <summary>Cells by domain and place, in the order of domains and of first use.</summary>
    public IEnumerable<(Domain Domain, string Place, int Cells)> Entries => _cells.Select(entry => (entry.Key.Domain, entry.Key.Place, entry.Value));
}
