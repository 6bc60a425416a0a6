using System.Globalization;
using System.Text;

namespace Fermat.Statements.Files;

/// <summary>
/// Texts that mean what they look like. A venue chooses its name and the note on its reserves, and verifiers print them beside their verdict: a control sequence, a line break
/// or a change of direction could rewrite that verdict.
/// </summary>
internal static class PlainText
{
    /// <summary>Whether a text is well-formed Unicode without control, format and line-separating characters.</summary>
    public static bool Is(string text)
    {
        for (int i = 0; i < text.Length;)
        {
            if (Rune.DecodeFromUtf16(text.AsSpan(i), out Rune rune, out int consumed) != System.Buffers.OperationStatus.Done) return false;
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator) return false;
            i += consumed;
        }
        return true;
    }
}
