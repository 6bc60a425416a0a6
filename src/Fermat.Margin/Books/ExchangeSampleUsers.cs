using System.Numerics;

namespace Fermat.Margin.Books;

/// <summary>Reads users of the exchange sample format, row by row.</summary>
internal sealed class ExchangeSampleUsers
{
    private static readonly string[] Prefixes = ["e_", "d_", "vl_", "m_", "pm_"];
    private static readonly string[] NotUsed = ["rn", "total_net_balance_usdt"];

    private readonly string file;
    private readonly CsvReader csv;
    private readonly BookHeader header;
    private readonly AccountIdSet known;
    private readonly ErrorList errors;
    private readonly SortedDictionary<int, int[]> columns = [];     // asset → where its five columns are
    private int idColumn = -1, width;

    public ExchangeSampleUsers(string file, CsvReader csv, BookHeader header, AccountIdSet known, ErrorList errors)
    {
        (this.file, this.csv, this.header, this.known, this.errors) = (file, csv, header, known, errors);
        ReadHeader();
    }

    /// <summary>The next row: an account, or the reasons why it is none. Null at the end.</summary>
    public (string Id, Account? Account, IReadOnlyList<BookError> Reasons)? Next()
    {
        if (!csv.Read()) return null;
        var problems = new ErrorList();
        string id = idColumn < csv.Cells ? csv.Cell(idColumn).ToString() : "";
        Account? account = null;
        try
        {
            account = ReadRow(id, problems);
        }
        catch (BookReadStopped)
        {
        }
        return (id, problems.Errors.Count == 0 ? account : null, problems.Errors);
    }

    private Account? ReadRow(string id, ErrorList problems)
    {
        if (csv.Cells != width)
        {
            problems.Add(BookErrorCode.WrongFormat, csv.Place(Math.Min(width, csv.Cells)), $"the row has {csv.Cells} cells, not {width}");
            return null;
        }
        if (!AccountId.TryParse(id, out AccountId accountId))
        {
            problems.Add(BookErrorCode.BadName, csv.Place(idColumn), $"column id: {NumberFaults.Shown(id)} is not an account id");
            return null;
        }
        var balances = new List<Balance>();
        foreach ((int asset, int[] at) in columns)
        {
            int before = problems.Errors.Count;
            var item = new Balance(asset, Amount(asset, at, 0, problems), Amount(asset, at, 1, problems), Amount(asset, at, 2, problems), Amount(asset, at, 3, problems), Amount(asset, at, 4, problems));
            if (problems.Errors.Count == before && item.Pledged > item.Equity) problems.Add(BookErrorCode.OverPledged, csv.Place(at[2]), OverPledged(item), $"user {id}");
            if (!item.IsZero) balances.Add(item);
        }
        if (known.Add(accountId, csv.Line) is { } first)
            problems.Add(BookErrorCode.DuplicateAccount, csv.Place(idColumn), $"column id: the user \"{id}\" is there twice", $"first on line {first} of this file or one before it");
        return new Account(accountId, OwnerKey.None, 0, AccountMode.Cross, balances);
    }

    private ulong Amount(int asset, int[] at, int kind, ErrorList problems)
    {
        ReadOnlySpan<char> text = csv.Cell(at[kind]);
        Asset declared = header.Assets[asset];
        return NumberFaults.Amount(problems, csv.Place(at[kind]), $"column {Prefixes[kind]}{declared.Symbol}:", ExactDecimal.Canonicalize(text) ?? text.ToString(), declared.AmountScale);
    }

    private string OverPledged(Balance item)
    {
        Asset asset = header.Assets[item.Asset];
        string pledged = ExactDecimal.Format((BigInteger)item.Pledged, asset.AmountScale), held = ExactDecimal.Format(item.Equity, asset.AmountScale);
        string symbol = asset.Symbol;
        return $"columns vl_{symbol} + m_{symbol} + pm_{symbol} add up to {pledged}, more than the {held} in e_{symbol}";
    }

    private void ReadHeader()
    {
        int before = errors.Errors.Count;
        if (!csv.Read()) throw errors.Fatal(BookErrorCode.WrongFormat, new Place(file, 1, 1), "the file is empty");
        width = csv.Cells;
        for (int i = 0; i < width; i++) ReadColumn(csv.Cell(i).ToString(), i);
        if (idColumn < 0) errors.Add(BookErrorCode.MissingField, csv.Place(0), "there is no column \"id\"");
        if (columns.Count == 0) errors.Add(BookErrorCode.MissingField, csv.Place(0), "there are no columns of an asset", "an asset x has the columns e_x, d_x, vl_x, m_x, pm_x");
        foreach ((int asset, int[] at) in columns)
            for (int kind = 0; kind < Prefixes.Length; kind++)
                if (at[kind] < 0) errors.Add(BookErrorCode.MissingField, csv.Place(at.Max()), $"there is no column \"{Prefixes[kind]}{header.Assets[asset].Symbol}\"");
        if (errors.Errors.Count > before) throw new BookReadStopped();
    }

    private void ReadColumn(string name, int at)
    {
        if (name == "id" && idColumn < 0)
        {
            idColumn = at;
            return;
        }
        if (NotUsed.Contains(name) || header.IndexOf(name) >= 0) return;
        int kind = Array.FindIndex(Prefixes, prefix => name.StartsWith(prefix, StringComparison.Ordinal) && header.IndexOf(name.AsSpan(prefix.Length)) >= 0);
        if (kind < 0)
        {
            bool amounts = Prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));
            errors.Add(amounts ? BookErrorCode.UnknownAsset : BookErrorCode.UnknownField, csv.Place(at),
                $"column {NumberFaults.Shown(name)} is {(amounts ? "of an asset that the assets file does not have" : "not known")}");
            return;
        }
        int asset = header.IndexOf(name.AsSpan(Prefixes[kind].Length));
        if (!columns.TryGetValue(asset, out int[]? places)) columns[asset] = places = [-1, -1, -1, -1, -1];
        if (places[kind] >= 0) errors.Add(BookErrorCode.DuplicateField, csv.Place(at), $"column \"{name}\" is there twice");
        places[kind] = at;
    }
}
