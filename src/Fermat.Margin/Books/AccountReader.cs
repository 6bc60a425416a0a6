namespace Fermat.Margin.Books;

/// <summary>Gives the accounts of a book one after the other; what JSON and CSV have in common.</summary>
internal abstract class AccountReader(BookHeader header, ErrorList errors)
{
    private readonly AccountIdSet known = new();

    protected BookHeader Header => header;

    protected ErrorList Errors => errors;

    /// <summary>The next account, or null at the end. An account with an error in it is noted and given as far as it was understood.</summary>
    /// <exception cref="BookReadStopped">Nothing more can be read.</exception>
    public abstract Account? Next();

    /// <summary>Reads an account id and notes when it is malformed or was there before.</summary>
    protected AccountId ReadId(ReadOnlySpan<char> text, Place place)
    {
        if (!Identifiers.IsValid(text, BookLimits.MaxAccountIdLength))
        {
            errors.Add(BookErrorCode.BadName, place, $"{NumberFaults.Shown(text)} is not an account id",
                $"1 to {BookLimits.MaxAccountIdLength} of {Identifiers.AllowedCharacters}");
            return default;
        }
        var id = new AccountId(text.ToString());
        if (known.Add(id, place.Line) is { } first)
            errors.Add(BookErrorCode.DuplicateAccount, place, $"the account \"{id}\" is there twice", $"it is first on line {first}");
        return id;
    }

    /// <summary>Reads an owner key; none after an error.</summary>
    protected OwnerKey ReadOwnerKey(ReadOnlySpan<char> text, Place place)
    {
        if (OwnerKey.TryParse(text.ToString(), out OwnerKey key)) return key;
        errors.Add(BookErrorCode.BadName, place, $"the owner key {NumberFaults.Shown(text)} is not 32 bytes in hexadecimal", "64 digits 0-9 and a-f, lower case");
        return OwnerKey.None;
    }

    /// <summary>Reads an account mode.</summary>
    protected AccountMode ReadMode(ReadOnlySpan<char> text, Place place)
    {
        if (!text.SequenceEqual("cross"))
            errors.Add(BookErrorCode.BadName, place, $"the account mode {NumberFaults.Shown(text)} is not known", "the one mode there is, is \"cross\"");
        return AccountMode.Cross;
    }

    /// <summary>Finds an asset; −1 after an error.</summary>
    protected int ReadAsset(ReadOnlySpan<char> text, Place place)
    {
        int asset = header.IndexOf(text);
        if (asset < 0) errors.Add(BookErrorCode.UnknownAsset, place, $"the asset {NumberFaults.Shown(text)} is not in the book", "every asset of an account is declared in \"assets\"");
        return asset;
    }

    /// <summary>Adds an item to an account, or notes what is wrong with it.</summary>
    protected void AddItem(List<Balance> balances, Balance item, Place place)
    {
        string symbol = header.Assets[item.Asset].Symbol;
        if (balances.Count > 0 && balances[^1].Asset == item.Asset)
            errors.Add(BookErrorCode.NotSorted, place, $"the account has the asset \"{symbol}\" twice");
        else if (balances.Count > 0 && balances[^1].Asset > item.Asset)
            errors.Add(BookErrorCode.NotSorted, place, $"the asset \"{symbol}\" comes after \"{header.Assets[balances[^1].Asset].Symbol}\"", "an account's items are in the order of the book's assets");
        else if (item.IsZero)
            errors.Add(BookErrorCode.EmptyItem, place, $"the item of \"{symbol}\" is all zero", "leave it out");
        else if (item.Pledged > item.Equity)
            errors.Add(BookErrorCode.OverPledged, place, OverPledged(symbol, item), "collateral is part of the equity");
        else
            balances.Add(item);
    }

    private string OverPledged(string symbol, Balance item)
    {
        int scale = header.Assets[item.Asset].AmountScale;
        return $"the account pledges {ExactDecimal.Format((System.Numerics.BigInteger)item.Pledged, scale)} {symbol} but holds {ExactDecimal.Format(item.Equity, scale)}";
    }
}
