namespace Fermat.Rules.Core;

/// <summary>The one private reference that a keyed value depends on.</summary>
/// <param name="Variable">A variable over items or members (a reference field) or over groups (a key that is a record).</param>
/// <param name="Index">The field or the key.</param>
public readonly record struct CoreKey(CoreVariable Variable, int Index);
