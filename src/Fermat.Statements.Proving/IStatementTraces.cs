using Fermat.Air;
using Fermat.Stark;

namespace Fermat.Statements.Proving;

/// <summary>Builds traces and fills them once challenges are drawn.</summary>
internal interface IStatementTraces : ITraceExtender
{
    /// <summary>Active rows each table must hold, in circuit order.</summary>
    int[] ActiveRows { get; }

    /// <summary>Fills phase 0 of all tables; the caller disposes of the traces.</summary>
    IReadOnlyList<TableTrace> Build(IReadOnlyList<int> logHeights, int tailRows, CancellationToken cancel = default);
}
