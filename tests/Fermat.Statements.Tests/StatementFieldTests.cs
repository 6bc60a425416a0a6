using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Fermat.Statements.Accounts;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Solvency;
using Fermat.Statements.Tests.Accounts;
using Fermat.Statements.Tests.Solvency;
using Fermat.Statements.Tests.Transitions;
using Fermat.Statements.Transitions;

namespace Fermat.Statements.Tests;

/// <summary>A value in a statement's file that could be another without anybody noticing would be one that a forger chooses: each is refused, or is in the bytes that a proof is of.</summary>
public sealed class StatementFieldTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Each_value_of_a_book_under_a_rulebook_is_bound(bool reveals)
    {
        SolvencyScene scene = SolvencyScene.Of("cross_tiered");
        SolvencyPublicInputs inputs = scene.Statement with { Revealed = reveals ? SolvencyTotals.From(scene.Sums) : null };
        EachIsBound(SolvencyStatementFile.Write(inputs), file => SolvencyStatementFile.TryRead(file, inputs.Rulebook, out SolvencyPublicInputs? read) is null && read!.Problem() is null ? read.ToCanonicalBytes() : null);
    }

    [Fact]
    public void Each_value_of_a_batch_is_bound()
    {
        TransitionInputs inputs = TransitionScene.Of([TransitionScene.Deposit(TransitionScene.Alice, 1), TransitionScene.Rejected(), TransitionScene.RejectPayment(TransitionScene.Bob, 900_000)]).Inputs;
        EachIsBound(TransitionStatementFile.Write(inputs), file => TransitionStatementFile.TryRead(file, inputs.Rulebook, out TransitionInputs? read) is null && read!.Problem() is null ? read.ToCanonicalBytes() : null);
    }

    [Theory]
    [InlineData(AccountStatementKind.LiquidationDue)]
    [InlineData(AccountStatementKind.Health)]
    public void Each_value_about_one_account_is_bound(AccountStatementKind kind)
    {
        AccountStatementInputs inputs = AccountScene.CrossTiered.Inputs(kind, AccountScene.Alice, threshold: 12_345_678_901);
        EachIsBound(AccountStatementFile.Write(inputs), file => AccountStatementFile.TryRead(file, inputs.Rulebook, out AccountStatementInputs? read) is null && read!.Problem() is null ? read.ToCanonicalBytes() : null);
    }

    private static void EachIsBound(byte[] file, Func<byte[], byte[]?> read)
    {
        byte[] honest = read(file)!;
        Assert.NotNull(honest);
        var unbound = new List<string>();
        int tried = 0;
        foreach (string path in Values(JsonNode.Parse(file)!, ""))
            foreach (Func<JsonNode, JsonNode?> other in (Func<JsonNode, JsonNode?>[])[Next, value => value is JsonValue v && v.TryGetValue(out string? text) ? text + " " : null, value => value is JsonArray ? new JsonArray() : null])
            {
                JsonNode root = JsonNode.Parse(file)!;
                JsonNode at = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Aggregate(root, (node, step) => node is JsonArray array ? array[int.Parse(step, CultureInfo.InvariantCulture)]! : node[step]!);
                if (other(at) is not { } instead || at is JsonArray { Count: 0 }) continue;
                at.ReplaceWith(instead);
                tried++;
                if (read(Encoding.UTF8.GetBytes(root.ToJsonString())) is { } bytes && bytes.AsSpan().SequenceEqual(honest)) unbound.Add($"{path}: {instead.ToJsonString()}");
            }
        Assert.True(unbound.Count == 0 && tried > 50, $"{tried} tried; {string.Join("; ", unbound)}");
    }

    /// <summary>Another value that looks like this one.</summary>
    private static JsonNode? Next(JsonNode node)
    {
        if (node is not JsonValue value) return null;
        if (value.TryGetValue(out bool flag)) return !flag;
        if (!value.TryGetValue(out string? text)) return value.GetValue<long>() + 1;
        if (text.Length == 0) return "1";
        char last = text[^1];
        return text[..^1] + (char.IsAsciiDigit(last) ? (char)('0' + (last - '0' + 1) % 10) : last == 'f' ? '0' : (char)(last + 1));
    }

    private static IEnumerable<string> Values(JsonNode node, string path) => node switch
    {
        JsonObject members => members.Where(member => member.Value is not null).SelectMany(member => Values(member.Value!, $"{path}/{member.Key}")),
        JsonArray items => items.SelectMany((item, i) => Values(item!, $"{path}/{i}")).Append(path),
        _ => [path],
    };
}
