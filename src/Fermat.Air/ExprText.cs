using System.Globalization;
using System.Text;
using Fermat.Algebra;

namespace Fermat.Air;

/// <summary>Renders expressions for messages: infix, with column names, cut off at a length.</summary>
internal static class ExprText
{
    private const int Limit = 200;

    public static string Render(Graph graph, int id)
    {
        var text = new StringBuilder();
        Append(graph, id, text, 0);
        if (text.Length > Limit)
            text.Length = Limit;
        return text.Length == Limit ? text + "…" : text.ToString();
    }

    private static void Append(Graph graph, int id, StringBuilder text, int depth)
    {
        if (text.Length > Limit || depth > 24)
            return;
        Node node = graph[id];
        switch (node.Kind)
        {
            case ExprKind.Constant: text.Append(Constant(graph.Constants[node.A])); break;
            case ExprKind.Column: text.Append(graph.Columns[node.A].Name); break;
            case ExprKind.NextColumn: text.Append(graph.Columns[node.A].Name).Append('\''); break;
            case ExprKind.Selector: text.Append((SelectorKind)node.A); break;
            case ExprKind.Challenge: text.Append("challenge").Append(node.A.ToString(CultureInfo.InvariantCulture)); break;
            case ExprKind.BusSum: text.Append("busSum"); break;
            case ExprKind.Neg:
                text.Append("-(");
                Append(graph, node.A, text, depth + 1);
                text.Append(')');
                break;
            default:
                text.Append('(');
                Append(graph, node.A, text, depth + 1);
                text.Append(node.Kind switch { ExprKind.Add => " + ", ExprKind.Sub => " - ", _ => "·" });
                Append(graph, node.B, text, depth + 1);
                text.Append(')');
                break;
        }
    }

    /// <summary>An element, small negative numbers as such.</summary>
    public static string Constant(Quintic value)
    {
        if (!value.IsBase)
            return value.ToString()!;
        uint canonical = value.C0.Value;
        long signed = canonical > KoalaBear.Modulus / 2 ? (long)canonical - KoalaBear.Modulus : canonical;
        return signed.ToString(CultureInfo.InvariantCulture);
    }
}
