using System.Numerics;
using Fermat.Air;
using Fermat.Air.Gadgets;
using Fermat.Rules.Core;
using Fermat.Rules.Leaves;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Lowering;

/// <summary>The keys under which a book's sums are told on the bus of totals.</summary>
/// <param name="Claims">Σ max(net equity, 0).</param>
/// <param name="Shortfall">Σ max(−net equity, 0).</param>
/// <param name="Accounts">How many accounts there are.</param>
/// <param name="Liquidatable">How many may be liquidated.</param>
/// <param name="Bankrupt">How many are bankrupt.</param>
/// <param name="Totals">Of each total of <see cref="CoreSolvency.Totals"/> the key of record 0; the others follow.</param>
internal sealed record BookKeys(int Claims, int Shortfall, int Accounts, int Liquidatable, int Bankrupt, IReadOnlyList<int> Totals);

/// <summary>What a row adds to a key on the bus of totals.</summary>
/// <param name="Domain">Whose rows.</param>
/// <param name="Key">The key of an honest row.</param>
/// <param name="Add">Adds what an honest row adds, by power of 256.</param>
internal sealed record TotalSend(Domain Domain, Func<WitnessRow, int> Key, Accumulate Add);

/// <summary>
/// A rulebook's tables for a whole book: every account and item is bound to the hashed blocks of its leaf, and sends its class, its net equity and what it adds to totals.
/// </summary>
/// <remarks>
/// The account's row takes the blocks of the header, which say how many items of each collection there are; those counts are the row's own (the number of rows that the link counts). The item at position j of collection c takes the
/// blocks first_c + j · blocks_c, …, where first_0 is the end of the header and first_(c+1) = first_c + count_c · blocks_c is told by the account. So the rows of an account take each block of its leaf from the header on exactly once,
/// and what a block holds is what the row holds: a number's bytes are its digits, in one form.
/// </remarks>
internal sealed class LoweredBook
{
    /// <summary>Most rows of a table, as a logarithm: so that no digit of a total wraps around the field.</summary>
    public const int MaxLogHeight = 20;

    /// <summary>Most summands of one total, for the same reason.</summary>
    public const int MaxTerms = 3;

    private readonly List<TotalSend> _sends = [];
    private readonly int _maxBytes;

    /// <summary>Adds the tables of a rulebook to a circuit.</summary>
    /// <param name="circuit">Without challenges of its own but r and γ.</param>
    /// <param name="range">Its range table.</param>
    /// <param name="r">The random point, drawn after phase 0.</param>
    /// <param name="gamma">What tells sums apart, drawn after phase 0.</param>
    /// <param name="block">Gives (leaf, step, 8 elements).</param>
    /// <param name="total">Takes (key), with the value as multiplicity.</param>
    /// <param name="keys">Keys of the sums.</param>
    /// <param name="maxBytes">Most bytes that a summand has.</param>
    /// <param name="rulebook">The rulebook; it says something about whole books.</param>
    /// <param name="lineOf">The line of a position of the rulebook's text.</param>
    /// <exception cref="CoreException">The rulebook says something that cannot be proven.</exception>
    public LoweredBook(CircuitBuilder circuit, RangeTable range, Expr r, Expr gamma, Bus block, Bus total, BookKeys keys, int maxBytes, CoreRulebook rulebook, Func<int, int>? lineOf)
    {
        _maxBytes = maxBytes;
        Layout = new LeafLayout(rulebook.Schema);
        CoreSolvency rules = rulebook.Solvency ?? throw new CoreException("limit", "the rulebook says nothing about whole books", "define equity, maintenance, claim and price");
        Lowering = new Lowering(circuit, range, r, gamma, rulebook with { Definitions = [] }, lineOf, lowering =>
        {
            Lowerer lowerer = lowering.Lowerer;
            foreach (Domain domain in (Domain[])[lowerer.Account, .. lowerer.Items]) domain.Table.MaxLogHeight = MaxLogHeight;
            Nonce = Bind(lowerer, Layout, block);
            SendClass(lowerer, rules, total, keys);
            for (int t = 0; t < rules.Totals.Length; t++) SendTotal(lowerer, rules.Totals[t], total, keys.Totals[t]);
        });
    }

    /// <summary>The rulebook's tables.</summary>
    public Lowering Lowering { get; }

    /// <summary>How leaves are laid out.</summary>
    public LeafLayout Layout { get; }

    /// <summary>Where an account's row has the elements of its nonce: the blocks bind them, and no rule speaks of them.</summary>
    public IReadOnlyList<Expr> Nonce { get; private set; } = [];

    /// <summary>What rows add to totals.</summary>
    public IReadOnlyList<TotalSend> Sends => _sends;

    internal static Link LinkOf(Lowerer lowerer, int collection) => lowerer.Items[collection].Links.First(link => link.Parent == lowerer.Account);

    /// <summary>Binds every account and item to the blocks of its leaf, from the header on. Returns the columns of the nonce, which no rule speaks of.</summary>
    internal static Expr[] Bind(Lowerer lowerer, LeafLayout layout, Bus block)
    {
        Expr[] nonce = BindHeader(lowerer, layout, block);
        for (int c = 0; c < lowerer.Items.Count; c++) BindItems(lowerer, layout, c, block);
        return nonce;
    }

    private static Expr[] BindHeader(Lowerer lowerer, LeafLayout layout, Bus block)
    {
        Domain account = lowerer.Account;
        const int crossMode = 0;
        Expr[] nonce = [.. Enumerable.Range(0, 3).Select(i => account.Column($"nonce[{i}]"))];
        List<Expr> elements = [.. nonce, crossMode];
        for (int c = 0; c < lowerer.Items.Count; c++) elements.Add(LinkOf(lowerer, c).Count.At);
        Receive(account, block, "header", account.Key.At, LeafLayout.IdentityBlocks, Fill(elements, layout.Scalars, account), layout.HeaderBlocks);
        return nonce;
    }

    private static void BindItems(Lowerer lowerer, LeafLayout layout, int collection, Bus block)
    {
        Domain items = lowerer.Items[collection];
        Expr first = FirstBlock(lowerer, layout, collection);
        int blocks = layout.ItemBlocks[collection];
        Receive(items, block, "item", items.Key.At, first + blocks * items.Position!.At, Fill([], layout.Items[collection], items), blocks);
    }

    /// <summary>The block of an account's first item of a collection, in the rows of its items.</summary>
    internal static Expr FirstBlock(Lowerer lowerer, LeafLayout layout, int collection)
    {
        if (collection == 0) return layout.FirstItemBlock;
        Domain items = lowerer.Items[collection];
        Expr at = layout.FirstItemBlock * lowerer.Account.Active;
        int most = layout.FirstItemBlock;
        for (int c = 0; c < collection; c++)
        {
            at += layout.ItemBlocks[c] * LinkOf(lowerer, c).Count.At;
            most += layout.ItemBlocks[c] * layout.Schema.Collections[c].MaxItems;
        }
        int FirstOf(WitnessRow row) => layout.FirstItemBlock + Enumerable.Range(0, collection).Sum(c => layout.ItemBlocks[c] * LinkOf(lowerer, c).Count.Of(row));
        return LinkOf(lowerer, collection).Pass($"first block of {items.Name}", new SmallValue(at, most, FirstOf)).At;
    }

    private static void Receive(Domain domain, Bus block, string name, Expr leaf, Expr first, List<Expr> elements, int blocks)
    {
        for (int k = 0; k < blocks; k++)
            domain.Table.Receive(block, $"{name}, block {k}", domain.Active, [leaf, first + k, .. elements.Skip(LeafLayout.BlockSize * k).Take(LeafLayout.BlockSize)]);
    }

    /// <summary>The fields as a leaf holds them, with zeros to the end of the last block.</summary>
    internal static List<Expr> Fill(List<Expr> elements, IReadOnlyList<LeafField> places, Domain domain)
    {
        for (int i = 0; i < places.Count; i++)
        {
            if (places[i].First != elements.Count) throw new InvalidOperationException("a field is not where the leaf has it");
            elements.AddRange(domain.Fields[i] is SmallValue small ? [small.At] : Packed(((NumberValue)domain.Fields[i]).Digits!, places[i].Bytes!.Value));
        }
        while (elements.Count % LeafLayout.BlockSize != 0) elements.Add(0);
        return elements;
    }

    /// <summary>Digits as a leaf holds them, three bytes an element.</summary>
    internal static IEnumerable<Expr> Packed(DigitColumns digits) => Packed(digits, digits.Bytes);

    private static IEnumerable<Expr> Packed(DigitColumns digits, NumberBytes format)
    {
        Expr[] bytes = [.. digits.Cells.Take(format.Count)];
        if (format.IsSigned != digits.Sign is not null || digits.Cells.Count() != format.Count + (format.IsSigned ? 1 : 0)) throw new InvalidOperationException("a number has other bytes in its row than in the leaf");
        if (digits.Sign is { } sign) bytes[^1] += 128 * sign.At;
        foreach (Expr[] part in bytes.Chunk(NumberBytes.PerElement))
        {
            Expr element = 0;
            for (int i = part.Length - 1; i >= 0; i--) element = part[i] + 256 * element;
            yield return element;
        }
    }

    private void SendClass(Lowerer lowerer, CoreSolvency rules, Bus total, BookKeys keys)
    {
        Domain account = lowerer.Account;
        DigitColumns net = Digits(lowerer, (NumberValue)lowerer.Value(rules.NetEquity, account), account, "net equity");
        LimbForm form = net.Form;
        if (net.Sign is { } sign)
        {
            Send(account, total, "claim", (1 - sign.At) * form.At, keys.Claims, (row, into, factor) => Where(row, 0, into, factor));
            Send(account, total, "shortfall", -sign.At * form.At, keys.Shortfall, (row, into, factor) => Where(row, 1, into, -factor));

            void Where(WitnessRow row, int isNegative, Span<long> into, long factor)
            {
                if (sign.Of(row) == isNegative) form.AddTo(row, into, factor);
            }
        }
        else
        {
            Send(account, total, "claim", form.At, keys.Claims, form.AddTo);
        }
        Send(account, total, "account", account.Active, keys.Accounts, (_, into, factor) => into[0] += factor);
        SendFlag("liquidatable account", rules.Liquidatable, keys.Liquidatable);
        SendFlag("bankrupt account", rules.Bankrupt, keys.Bankrupt);

        void SendFlag(string name, CoreNode node, int key)
        {
            var flag = (SmallValue)lowerer.Value(node, account);
            Send(account, total, name, flag.IsConstant ? flag.At * account.Active : flag.At, key, (row, into, factor) => into[0] += factor * flag.Of(row));
        }
    }

    private void SendTotal(Lowerer lowerer, CoreTotal rule, Bus total, int key)
    {
        if (rule.Terms.Length > MaxTerms) throw new CoreException("limit", $"not provable yet: {rule.Name} is {rule.Terms.Length} sums; at most {MaxTerms} are added up", "use one sum for each collection");
        foreach (CoreTotalTerm term in rule.Terms)
        {
            Domain items = lowerer.Items[term.Item.Source.Collection];
            var record = (SmallValue)lowerer.Value(term.Reference, items);
            var value = (NumberValue)lowerer.Value(term.Value, items);
            if (value.Form.Constant is { IsZero: true }) continue;
            LimbForm form = Digits(lowerer, value, items, rule.Name).Form;
            items.Table.Send(total, $"contribution to {rule.Name}", form.At, key + record.At);
            _sends.Add(new TotalSend(items, row => key + record.Of(row), form.AddTo));
        }
    }

    private void Send(Domain domain, Bus total, string name, Expr value, int key, Accumulate add)
    {
        domain.Table.Send(total, name, value, key);
        _sends.Add(new TotalSend(domain, _ => key, add));
    }

    private DigitColumns Digits(Lowerer lowerer, NumberValue value, Domain domain, string name)
    {
        DigitColumns digits = lowerer.Digits(value, domain, name);
        if (digits.Form.Count <= _maxBytes) return digits;
        throw new CoreException("limit", $"not provable yet: {name} can take {digits.Form.Count} bytes; at most {_maxBytes} are added up", "give its parts tighter quantities, or round to a coarser one");
    }
}
