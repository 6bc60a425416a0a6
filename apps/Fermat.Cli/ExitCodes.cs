namespace Fermat.Cli;

/// <summary>What a script can rely on; shown by <c>fermat --help</c>.</summary>
internal static class ExitCodes
{
    /// <summary>Done; the proof or opening is accepted.</summary>
    public const int Ok = 0;

    /// <summary>A proof or opening is rejected, or the book is not solvent.</summary>
    public const int Rejected = 1;

    /// <summary>The input (arguments, files) is not usable.</summary>
    public const int BadInput = 2;

    /// <summary>A bug or a broken machine.</summary>
    public const int Internal = 3;
}
