using System.Collections.Immutable;
using System.Text;
using Fermat.Rules.Text;

namespace Fermat.Rules.Syntax;

/// <summary>The words of a text without its layout: what the digest of a rulebook is taken of.</summary>
internal static class NormalForm
{
    /// <summary>The first line; changes when the form or the meaning of the language does.</summary>
    public const string Header = "fermat risk language 1\n";

    /// <summary>The tokens, separated by spaces, numbers in their shortest form, the commas between fields and names left out.</summary>
    public static ImmutableArray<byte> Write(TokenStream stream, RulebookSyntax syntax)
    {
        var text = new StringBuilder(Header);
        HashSet<int> commas = ListCommas.Find(stream, syntax);
        for (int i = 0; i < stream.Tokens.Length - 1; i++)
        {
            if (commas.Contains(i)) continue;
            Token token = stream.Tokens[i];
            if (text.Length > Header.Length) text.Append(' ');
            if (token.Kind == TokenKind.Number && Numeral.TryRead(token.Text, out System.Numerics.BigInteger mantissa, out int scale))
                text.Append(Numeral.Write(mantissa, scale));
            else
                text.Append(token.Text);
        }
        return [.. Encoding.UTF8.GetBytes(text.ToString())];
    }
}

/// <summary>The commas that may be left out: between the fields of a record and the names of an enumeration.</summary>
internal static class ListCommas
{
    /// <summary>Their indices: those directly between braces that belong to a declaration.</summary>
    public static HashSet<int> Find(TokenStream stream, RulebookSyntax syntax)
    {
        var found = new HashSet<int>();
        IEnumerable<SourceSpan> spans = syntax.Declarations.Select(declaration => declaration switch
        {
            EnumDeclaration or MarketDeclaration or ParametersDeclaration or AccountDeclaration => declaration.Span,
            BlockSyntax { System: { } system } => system.Span,
            _ => default,
        }).Where(span => span.Length > 0);
        int at = 0;
        foreach (SourceSpan span in spans)
        {
            while (at < stream.Tokens.Length && stream.Tokens[at].Span.Start < span.Start) at++;
            for (; at < stream.Tokens.Length && stream.Tokens[at].Span.Start < span.End; at++)
                if (stream.Tokens[at].Is(",")) found.Add(at);
        }
        return found;
    }
}
