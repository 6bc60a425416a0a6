using System.Diagnostics.CodeAnalysis;
using Fermat.Hashing;
using Fermat.Ledger.Events;
using Fermat.Ledger.Formats;
using Fermat.Ledger.State;
using Fermat.Margin;

namespace Fermat.Ledger.Log;

/// <summary>
/// A whole state as bytes, in parts: the first has everything but the accounts, the others accounts in the order of their indices, the last is a BLAKE3 digest (derive-key, context "fermat 2026 ledger snapshot v1") of
/// all the parts before it. One state has one sequence of bytes, so two ledgers are the same exactly when their snapshots are. docs/LEDGER.md has the bytes.
/// </summary>
public static class StateSnapshot
{
    /// <summary>The version of the format; since version 4 parameters have the records of one update by rising symbol.</summary>
    public const byte Version = 4;

    private const string Context = "fermat 2026 ledger snapshot v1";
    private const int PartLength = 1 << 20;

    /// <summary>The parts of a state, made as they are taken.</summary>
    /// <param name="state">The state.</param>
    /// <param name="nextBlock">The number of the block that follows it.</param>
    /// <param name="head">The digest of the block before that.</param>
    public static IEnumerable<ReadOnlyMemory<byte>> Write(LedgerState state, long nextBlock, Digest head)
    {
        var writer = new EventBytesWriter();
        var hasher = Blake3Hasher.ForContext(Context);
        WriteHead(writer, state, nextBlock, head);
        yield return Finish();
        for (int i = 0; i < state.Accounts.Count; i++)
        {
            WriteAccount(writer, state.Accounts[i]);
            if (writer.Length >= PartLength || i + 1 == state.Accounts.Count) yield return Finish();
        }
        yield return hasher.Finish().ToArray();

        byte[] Finish()
        {
            byte[] part = writer.Written.ToArray();
            hasher.Update(part);
            writer.Clear();
            return part;
        }
    }

    internal static bool TryRead(IEnumerable<byte[]> parts, [NotNullWhen(true)] out LedgerState? state, out long nextBlock, out Digest head, out string fault)
    {
        (state, nextBlock, head, fault) = (null, 0, default, "");
        var hasher = Blake3Hasher.ForContext(Context);
        var read = new LedgerState();
        byte[]? held = null;
        bool first = true;
        try
        {
            foreach (byte[] part in parts)
            {
                if (held is not null) Take(held, ref nextBlock, ref head);
                held = part;
            }
            if (held is not { Length: Digest.Length } || first) fault = "it has no end.";
            else if (Digest.FromBytes(held) != hasher.Finish()) fault = "its digest is not that of its parts.";
            else if (read.CheckSums() is { Count: > 0 } faults) fault = $"it does not add up: {faults[0]}";
        }
        catch (Exception e) when (e is EventFormatException or ArgumentException)
        {
            fault = $"it cannot be read: {e.Message}";
        }
        state = fault.Length == 0 ? read : null;
        return state is not null;

        void Take(byte[] part, ref long nextBlock, ref Digest head)
        {
            hasher.Update(part);
            var reader = new EventBytesReader(part);
            if (first) ReadHead(reader, read, out nextBlock, out head);
            while (!first && !reader.AtEnd) ReadAccount(reader, read);
            first = false;
        }
    }

    private static void WriteHead(EventBytesWriter w, LedgerState state, long nextBlock, Digest head)
    {
        w.Byte(Version);
        w.Int64(nextBlock);
        w.Raw(head.ToArray());
        w.UInt64(state.Height);
        w.Int64(state.Time);
        w.Text("venue", state.Venue);
        w.Text("parameters", state.Parameters);
        w.DigestOrNone("price source", state.PriceSource?.ToArray());
        w.UInt64(state.PriceHeight);
        w.Int64(state.PriceTime);
        w.Int32(state.Assets.Count);
        foreach (AssetState asset in state.Assets)
        {
            w.Symbol("asset", asset.Symbol);
            w.Scale("scale", asset.Scale);
            w.Int128(asset.Deposited);
            w.Int128(asset.Paid);
            w.Int128(asset.Pending);
            w.QuantityOrNone("index price", asset.IndexPrice);
        }
        w.Int32(state.Instruments.Count);
        foreach (InstrumentState instrument in state.Instruments)
        {
            EventShape.Terms(w, instrument.Terms);
            w.Int64(instrument.FundingIndex);
            w.Flag("has mark", instrument.Mark is not null);
            w.Int64(instrument.Mark ?? 0);
            w.Flag("closed", instrument.Closed);
            w.Int128(instrument.OpenInterest);
            w.Int128(instrument.Cost);
            w.Int128(instrument.Realised);
        }
        w.Prices("prices", state.Prices);
        w.Prices("confidences", state.Confidences);
        w.Int32(state.Pending.Count);
        foreach ((EventId id, PendingWithdrawal pending) in state.Pending.OrderBy(pair => pair.Key.Value, StringComparer.Ordinal))
        {
            w.Event("request", id);
            w.Int32(pending.Account);
            w.Int32(pending.Asset);
            w.Int64(pending.Amount);
        }
        w.Int32(state.Accounts.Count);
    }

    private static void ReadHead(EventBytesReader r, LedgerState state, out long nextBlock, out Digest head)
    {
        byte version = r.Byte("version");
        if (version != Version) throw new ArgumentException($"it is of version {version}, and this program reads version {Version}.");
        nextBlock = r.Int64();
        head = Digest.FromBytes(r.Raw(Digest.Length));
        ulong height = r.UInt64();
        long time = r.Int64();
        string venue = r.Text("venue", null), parameters = r.Text("parameters", null);
        state.RestoreHead(height, time, venue, parameters, r.DigestOrNone("price source", null), r.UInt64(), r.Int64());
        for (int i = r.Count(), index = 0; index < i; index++)
        {
            var asset = new AssetState(index, r.Symbol("asset", null), r.Scale("scale", 0)) { Deposited = r.Int128(), Paid = r.Int128(), Pending = r.Int128(), IndexPrice = r.QuantityOrNone("index price", null) };
            state.Restore(asset);
        }
        for (int i = r.Count(), index = 0; index < i; index++) ReadInstrument(r, state, index);
        foreach ((string feed, Quantity price) in r.Prices("prices", null)) state.RestorePrice(feed, price);
        foreach ((string feed, Quantity confidence) in r.Prices("confidences", null)) state.RestoreConfidence(feed, confidence);
        for (int i = r.Count(); i > 0; i--) state.RestorePending(r.Event("request", default), new PendingWithdrawal(r.Int32(), r.Int32(), r.Int64()));
        r.Int32();
    }

    private static void ReadInstrument(EventBytesReader r, LedgerState state, int index)
    {
        InstrumentTerms terms = EventShape.Terms(r, null);
        if (!state.TryFindAsset(terms.Settle, out AssetState? settle) || Valuation.For(terms, settle.Scale) is not { } valuation) throw new ArgumentException($"{terms.Symbol} has impossible terms.");
        int? underlying = terms.Kind == InstrumentKind.Spot && state.TryFindAsset(terms.Underlying!, out AssetState? bought) ? bought.Index : null;
        var instrument = new InstrumentState(index, terms, settle.Index, underlying, valuation) { FundingIndex = r.Int64() };
        bool marked = r.Flag("has mark", false);
        long mark = r.Int64();
        instrument.Mark = marked ? mark : null;
        instrument.Closed = r.Flag("closed", false);
        (instrument.OpenInterest, instrument.Cost, instrument.Realised) = (r.Int128(), r.Int128(), r.Int128());
        state.Restore(instrument);
    }

    internal static void WriteAccount(EventBytesWriter w, AccountState account)
    {
        w.Account("account", account.Id);
        w.Owner("owner", account.Owner);
        w.Byte((byte)account.Mode);
        w.UInt64(account.Nonce);
        w.UInt64(account.Height);
        w.Int64(account.Pledged);
        w.Int32(account.PledgedTo);
        w.Int32(account.Balances.Length);
        foreach (AccountBalance balance in account.Balances)
        {
            w.Int32(balance.Asset);
            w.Int64(balance.Amount);
            w.Int64(balance.Pending);
        }
        w.Int32(account.Positions.Length);
        foreach (Position position in account.Positions)
        {
            w.Int32(position.Instrument);
            w.Int64(position.Size);
            w.Int64(position.Cost);
            w.Int64(position.Margin);
        }
    }

    internal static AccountState ReadAccount(EventBytesReader r, int index)
    {
        AccountId id = r.Account("account", default);
        OwnerKey owner = r.Owner("owner", default);
        var mode = (MarginMode)r.Byte("mode");
        ulong nonce = r.UInt64(), height = r.UInt64();
        long pledged = r.Int64();
        int pledgedTo = r.Int32();
        var balances = new AccountBalance[r.Count()];
        for (int i = 0; i < balances.Length; i++) balances[i] = new AccountBalance(r.Int32(), r.Int64(), r.Int64());
        var positions = new Position[r.Count()];
        for (int i = 0; i < positions.Length; i++) positions[i] = new Position(r.Int32(), r.Int64(), r.Int64(), r.Int64());
        return new AccountState(index, id, owner, mode, nonce, height, pledged, pledgedTo, balances, positions);
    }

    private static void ReadAccount(EventBytesReader r, LedgerState state)
    {
        AccountState account = ReadAccount(r, state.Accounts.Count);
        foreach (AccountBalance balance in account.Balances)
            if ((uint)balance.Asset >= (uint)state.Assets.Count) throw new ArgumentException($"\"{account.Id}\" has an asset that is not listed.");
        foreach (Position position in account.Positions)
            if ((uint)position.Instrument >= (uint)state.Instruments.Count) throw new ArgumentException($"\"{account.Id}\" has a position in what is not listed.");
        state.Restore(account);
    }
}
