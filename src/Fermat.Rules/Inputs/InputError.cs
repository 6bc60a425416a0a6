namespace Fermat.Rules.Inputs;

/// <summary>Something wrong in market data, parameters or accounts.</summary>
/// <param name="Path">Where, like <c>accounts[3].balances[1].amount</c>.</param>
/// <param name="Message">What, as a sentence.</param>
/// <param name="Hint">What to do, or null.</param>
public sealed record InputError(string Path, string Message, string? Hint = null)
{
    /// <inheritdoc/>
    public override string ToString() => Hint is null ? $"{Path}: {Message}" : $"{Path}: {Message} ({Hint})";
}
