using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Lowering;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Solvency;
using Fermat.Statements.Transitions;

namespace Fermat.Statements.Waterfall;

/// <summary>The circuit of statement D for a rulebook: the whole book under one root, how a loss is shared by it, and the shares as rows of a batch.</summary>
public sealed class SharesCircuit : BookCircuit
{
    private static readonly RecentlyUsed<(Digest Rulebook, int Slots), SharesCircuit> Built = new(SolvencyCircuit.MostKept);

    internal SharesCircuit(VenueRulebook rulebook, int hashSlots)
        : base(rulebook, hashSlots, "fermat shares of a loss 4", "FRMTSHR1"u8, SharesStatement.Version, "a share")
    {
        Bus payers = Builder.Bus("payers");
        // names are part of the circuit's digest, and lines would make it depend on layout and comments, which the rulebook's digest leaves out
        Book = new LoweredShares(Builder, Range, R, Gamma, Block, payers, rulebook.Rulebook, lineOf: _ => 0);
        Shares = new ShareTable(Builder, Range, R, Book, IdentityOfEvent, BlockOfEvent, DigestOfEvent, payers);
        Finish(Book.Lowering, Book.Nonce, Math.Max(Book.Loss.Domain.MaxDegree, Shares.Domain.MaxDegree), "hashes of the shares", hashSlots);
    }

    internal LoweredShares Book { get; }

    internal ShareTable Shares { get; }

    /// <summary>The circuit of a rulebook with so many hash slots in a row; built once and kept for a while.</summary>
    /// <param name="rulebook">The rulebook; it says who is bankrupt.</param>
    /// <param name="hashSlots">Permutations in a row of the hash tables.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not 1 to <see cref="SolvencyLimits.MaxHashSlots"/>.</exception>
    /// <exception cref="CoreException">The rulebook says something that cannot be proven yet, does not say who is bankrupt, or shares losses by gains.</exception>
    public static SharesCircuit Of(VenueRulebook rulebook, int hashSlots) => Of(Built, rulebook, hashSlots, () => new SharesCircuit(rulebook, hashSlots));

    /// <summary>Evaluates public values, and the net equity of accounts.</summary>
    internal override Interpreter Interpreter(MarketData market) => new(Lowering.Rulebook with { Definitions = [new CoreDefinition("net equity", Lowering.Rulebook.Solvency!.NetEquity)] }, market);

    /// <inheritdoc/>
    internal override int Opened(int rows) => rows;

    /// <inheritdoc/>
    internal override bool FillOwn(TransitionInputs batch, int table, Matrix publicColumns)
    {
        if (table == Book.Loss.Table) FillLoss(batch, publicColumns.Row(0));
        else if (table == Shares.Table) FillShares(batch, publicColumns);
        else return false;
        return true;
    }

    private protected override int OwnRows(int opened, int table) => table == Book.Loss.Table ? 1 : table == Shares.Table ? opened : 0;

    private void FillLoss(TransitionInputs batch, Span<KoalaBear> cells)
    {
        LossRow loss = Book.Loss;
        cells[loss.Used.Offset] = KoalaBear.One;
        cells[loss.FeesSlot.Offset] = KoalaBear.From(batch.FeesSlot);
        cells[loss.InsuranceSlot.Offset] = KoalaBear.From(batch.InsuranceSlot);
    }

    private void FillShares(TransitionInputs batch, Matrix into)
    {
        for (int i = 0; i < batch.Events.Length; i++)
        {
            Span<KoalaBear> cells = into.Row(i);
            cells[Shares.Used.Offset] = KoalaBear.One;
            cells[Shares.Index.Offset] = KoalaBear.From(i + 1);
            Write(batch.Events[i], cells[Shares.Digest[0].Offset..]);
        }
    }
}
