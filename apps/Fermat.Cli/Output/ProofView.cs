using System.Text.Json.Nodes;
using Fermat.Stark;
using Spectre.Console;

namespace Fermat.Cli.Output;

/// <summary>A proof as a person or a program reads it: sizes by part, parameters, proven bits by regime and term.</summary>
internal static class ProofView
{
    public static void Print(Terminal terminal, ProofInfo info, SoundnessReport soundness)
    {
        ProofOptions options = info.Options;
        terminal.Say($"Proof of {Show.Bytes(info.Bytes)}: {options.Hash} commitments, rate 1/{1 << options.BlowupLog2}, {options.Queries} queries ({info.DistinctQueries} distinct), " +
            $"{options.QueryGrindingBits}-bit grinding, {options.TailRows} tail rows, {(options.ZeroKnowledge ? "zero knowledge" : "NOT zero knowledge")}");
        terminal.Say($"Verifying key {info.KeyDigest}");

        var tables = new Table().Border(TableBorder.Minimal).AddColumn("table").AddColumn(new TableColumn("rows").RightAligned()).AddColumn(new TableColumn("columns").RightAligned());
        foreach (ProofTableInfo table in info.Tables)
            tables.AddRow(Markup.Escape(table.Name), $"2^{table.LogHeight}", table.CommittedColumns.ToString());
        terminal.Human.Write(tables);

        var parts = new Table().Border(TableBorder.Minimal).AddColumn("part of the proof").AddColumn(new TableColumn("bytes").RightAligned()).AddColumn(new TableColumn("share").RightAligned());
        foreach (ProofPart part in info.Parts)
            parts.AddRow(Markup.Escape(part.Name), Show.Count(part.Bytes), $"{100.0 * part.Bytes / info.Bytes:F1} %");
        terminal.Human.Write(parts);

        terminal.Say($"Proven: {soundness.OracleBits} bits (interactive oracle proof, {soundness.Best.Regime}); assumed: {soundness.HashBits} bits ({soundness.Hash} collisions)");
        foreach (string violation in soundness.Violations)
            terminal.Say($"NOT proven: {violation}");
        foreach (RegimeReport regime in new[] { soundness.UniqueDecoding, soundness.Johnson })
        {
            terminal.Heading($"{regime.Regime}: {regime.Bits} bits{(regime.Multiplicity > 0 ? $", m = {regime.Multiplicity}" : "")}");
            var terms = new Table().Border(TableBorder.Minimal).AddColumn(new TableColumn("bits").RightAligned()).AddColumn("term").AddColumn("theorem");
            foreach (SoundnessTerm term in regime.Terms)
                terms.AddRow($"{term.Bits:F2}", Markup.Escape(term.Name), Markup.Escape(term.Theorem));
            terminal.Human.Write(terms);
        }
    }

    public static JsonObject ToJson(ProofInfo info, SoundnessReport soundness) => new()
    {
        ["bytes"] = info.Bytes,
        ["verifyingKey"] = info.KeyDigest,
        ["options"] = Options(info.Options),
        ["distinctQueries"] = info.DistinctQueries,
        ["tables"] = new JsonArray([.. info.Tables.Select(t => (JsonNode)new JsonObject { ["name"] = t.Name, ["logHeight"] = t.LogHeight, ["columns"] = t.CommittedColumns })]),
        ["parts"] = new JsonArray([.. info.Parts.Select(p => (JsonNode)new JsonObject { ["name"] = p.Name, ["bytes"] = p.Bytes })]),
        ["soundness"] = Soundness(soundness),
    };

    public static JsonObject Soundness(SoundnessReport soundness) => new()
    {
        ["provenBits"] = soundness.OracleBits,
        ["hash"] = soundness.Hash.ToString(),
        ["hashBits"] = soundness.HashBits,
        ["violations"] = new JsonArray([.. soundness.Violations.Select(v => (JsonNode)v)]),
        ["regimes"] = new JsonArray([Regime(soundness.UniqueDecoding), Regime(soundness.Johnson)]),
    };

    private static JsonObject Options(ProofOptions options) => new()
    {
        ["hash"] = options.Hash.ToString(),
        ["blowupLog2"] = options.BlowupLog2,
        ["queries"] = options.Queries,
        ["queryGrindingBits"] = options.QueryGrindingBits,
        ["foldingLog2"] = options.FoldingLog2,
        ["finalPolynomialLog2"] = options.FinalPolynomialLog2,
        ["tailRows"] = options.TailRows,
        ["zeroKnowledge"] = options.ZeroKnowledge,
    };

    private static JsonObject Regime(RegimeReport regime) => new()
    {
        ["regime"] = regime.Regime.ToString(),
        ["bits"] = regime.Bits,
        ["multiplicity"] = regime.Multiplicity,
        ["terms"] = new JsonArray([.. regime.Terms.Select(t => (JsonNode)new JsonObject { ["name"] = t.Name, ["theorem"] = t.Theorem, ["bits"] = t.Bits })]),
    };
}
