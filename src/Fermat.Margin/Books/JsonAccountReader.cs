namespace Fermat.Margin.Books;

/// <summary>Reads the field <c>accounts</c> of a JSON book, from the beginning of its value to the end of the file.</summary>
internal sealed class JsonAccountReader : AccountReader
{
    internal static readonly string[] AccountFields = ["id", "ownerKey", "nonce", "mode", "balances"];
    internal static readonly string[] BalanceFields = ["asset", "equity", "debt", "loan", "margin", "portfolio"];

    private readonly JsonFieldReader json;
    private readonly Func<int, bool> readAccountField, readBalanceField;
    private readonly Action readBalance;
    private readonly List<Balance> balances = [];
    private readonly (int Length, Place Place)[] amountTexts = new (int, Place)[BalanceFields.Length];
    private readonly char[][] amounts = [.. BalanceFields.Select(_ => new char[ExactDecimal.MaxLength + 1])];
    private bool started, ended;
    private AccountId id;
    private OwnerKey ownerKey;
    private ulong nonce;
    private AccountMode mode;
    private int asset;

    public JsonAccountReader(JsonFieldReader json, BookHeader header) : base(header, json.Errors)
    {
        this.json = json;
        (readAccountField, readBalanceField, readBalance) = (ReadAccountField, ReadBalanceField, ReadBalance);
    }

    /// <inheritdoc/>
    public override Account? Next()
    {
        if (ended) return null;
        if (!started && json.Tokens.Token != JsonToken.BeginArray)
            throw Errors.Fatal(BookErrorCode.WrongType, json.Tokens.Place, "accounts is not an array");
        started = true;
        if (json.Tokens.Read() == JsonToken.EndArray)
        {
            ReadTail();
            return null;
        }
        Place place = json.Tokens.Place;
        (id, ownerKey, nonce, mode) = (default, OwnerKey.None, 0, AccountMode.Cross);
        balances.Clear();
        uint? seen = json.ReadObject("an account", AccountFields, readAccountField);
        json.Require(seen, "the account", place, AccountFields, 1);
        return new Account(id, ownerKey, nonce, mode, balances.ToArray());
    }

    private void ReadTail()
    {
        ended = true;
        while (json.Tokens.Read() == JsonToken.Name)
        {
            bool known = Array.IndexOf(JsonHeaderReader.BookFields, json.Tokens.Text.ToString()) >= 0;
            Errors.Add(known ? BookErrorCode.FieldOrder : BookErrorCode.UnknownField, json.Tokens.Place,
                $"the field {NumberFaults.Shown(json.Tokens.Text)} comes after \"accounts\"", "accounts come last, so that a book can be read as a stream");
            json.Tokens.Read();
            json.Tokens.SkipValue();
        }
        json.Tokens.Read();
    }

    private bool ReadAccountField(int field)
    {
        JsonTokenizer tokens = json.Tokens;
        switch (field)
        {
            case 0:
                if (json.IsText("id")) id = ReadId(tokens.Text, tokens.Place);
                break;
            case 1:
                if (json.IsText("ownerKey")) ownerKey = ReadOwnerKey(tokens.Text, tokens.Place);
                break;
            case 2:
                nonce = json.Integer("nonce");
                break;
            case 3:
                if (json.IsText("mode")) mode = ReadMode(tokens.Text, tokens.Place);
                break;
            default:
                json.ReadArray("balances", readBalance);
                break;
        }
        return true;
    }

    /// <summary>Amounts are kept as texts until the asset, and with it their scale, is known.</summary>
    private void ReadBalance()
    {
        Place place = json.Tokens.Place;
        int before = Errors.Errors.Count;
        asset = -1;
        Array.Clear(amountTexts);
        uint? seen = json.ReadObject("an item", BalanceFields, readBalanceField);
        json.Require(seen, "the item", place, BalanceFields, 1);
        if (asset < 0) return;
        var item = new Balance(asset, Amount(1), Amount(2), Amount(3), Amount(4), Amount(5));
        if (Errors.Errors.Count == before) AddItem(balances, item, place);
    }

    private bool ReadBalanceField(int field)
    {
        if (!json.IsText(BalanceFields[field])) return true;
        ReadOnlySpan<char> text = json.Tokens.Text;
        if (field == 0)
        {
            asset = ReadAsset(text, json.Tokens.Place);
            return true;
        }
        int length = Math.Min(text.Length, amounts[field].Length);
        text[..length].CopyTo(amounts[field]);
        amountTexts[field] = (length, json.Tokens.Place);
        return true;
    }

    private ulong Amount(int field)
    {
        (int length, Place place) = amountTexts[field];
        if (place.Line == 0) return 0;
        return NumberFaults.Amount(Errors, place, BalanceFields[field], amounts[field].AsSpan(0, length), Header.Assets[asset].AmountScale);
    }
}
