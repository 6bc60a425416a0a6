namespace Fermat.Margin.Books;

/// <summary>
/// Reads accounts.csv: one row an item, the items of an account one after the other. The first row of an account has its nonce and mode, and its owner key if there is one;
/// the rows after it leave those three cells empty. An account without items is one row whose asset and amounts are empty.
/// </summary>
internal sealed class CsvAccountReader(CsvReader csv, string file, BookHeader header, ErrorList errors) : AccountReader(header, errors)
{
    /// <summary>The header row.</summary>
    internal static readonly string[] Columns = ["account", "owner_key", "nonce", "mode", "asset", "equity", "debt", "loan", "margin", "portfolio"];

    private const int OwnerKeyCell = 1, NonceCell = 2, ModeCell = 3, AssetCell = 4, EquityCell = 5;

    private readonly List<Balance> balances = [];
    private bool started, hasRow;

    /// <inheritdoc/>
    public override Account? Next()
    {
        if (!started) ReadHeader();
        if (!hasRow) return null;
        AccountId id = ReadId(csv.Cell(0), csv.Place(0));
        string name = csv.Cell(0).ToString();
        OwnerKey key = csv.Cell(OwnerKeyCell).IsEmpty ? OwnerKey.None : ReadOwnerKey(csv.Cell(OwnerKeyCell), csv.Place(OwnerKeyCell));
        ulong nonce = NumberFaults.Integer(Errors, csv.Place(NonceCell), "nonce", csv.Cell(NonceCell));
        AccountMode mode = ReadMode(csv.Cell(ModeCell), csv.Place(ModeCell));
        balances.Clear();
        ReadItem(mayBeEmpty: true);
        MoveOn();
        while (hasRow && csv.Cell(0).SequenceEqual(name) && csv.Cell(NonceCell).IsEmpty && csv.Cell(ModeCell).IsEmpty)
        {
            if (!csv.Cell(OwnerKeyCell).IsEmpty)
                Errors.Add(BookErrorCode.DuplicateField, csv.Place(OwnerKeyCell), "the owner key stands in the first row of an account only");
            ReadItem(mayBeEmpty: false);
            MoveOn();
        }
        return new Account(id, key, nonce, mode, balances.ToArray());
    }

    private void ReadHeader()
    {
        started = true;
        string expected = string.Join(",", Columns);
        if (!csv.Read()) throw Errors.Fatal(BookErrorCode.WrongFormat, new Place(file, 1, 1), "the file is empty", $"its first row is {expected}");
        for (int i = 0; i < Math.Max(Columns.Length, csv.Cells); i++)
            if (i >= csv.Cells || i >= Columns.Length || !csv.Cell(i).SequenceEqual(Columns[i]))
                throw Errors.Fatal(BookErrorCode.WrongFormat, csv.Place(i),
                    $"column {i + 1} is {(i < csv.Cells ? NumberFaults.Shown(csv.Cell(i)) : "missing")}, expected {(i < Columns.Length ? $"\"{Columns[i]}\"" : "no more")}", $"the first row is {expected}");
        MoveOn();
    }

    /// <summary>Moves to the next row with the right number of cells.</summary>
    private void MoveOn()
    {
        while (hasRow = csv.Read())
        {
            if (csv.Cells == Columns.Length) return;
            Errors.Add(BookErrorCode.WrongFormat, csv.Place(Columns.Length), $"the row has {csv.Cells} cells, not {Columns.Length}");
        }
    }

    private void ReadItem(bool mayBeEmpty)
    {
        int filled = 0;
        for (int cell = AssetCell; cell < Columns.Length; cell++)
            if (!csv.Cell(cell).IsEmpty) filled++;
        if (filled == 0 && mayBeEmpty) return;
        int before = Errors.Errors.Count;
        int asset = ReadAsset(csv.Cell(AssetCell), csv.Place(AssetCell));
        if (asset < 0) return;
        var item = new Balance(asset, Amount(EquityCell), Amount(EquityCell + 1), Amount(EquityCell + 2), Amount(EquityCell + 3), Amount(EquityCell + 4));
        if (Errors.Errors.Count == before) AddItem(balances, item, csv.Place(AssetCell));

        ulong Amount(int cell) => NumberFaults.Amount(Errors, csv.Place(cell), Columns[cell], csv.Cell(cell), Header.Assets[asset].AmountScale);
    }
}
