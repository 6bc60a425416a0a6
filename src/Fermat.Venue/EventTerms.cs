using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Ledger;
using Fermat.Ledger.Events;
using Fermat.Ledger.Formats;

namespace Fermat.Venue;

/// <summary>
/// The eight elements by which statement T names everything of an event that its circuit does not compute with: name, time, price, names of accounts, authorisations. They are <see cref="EventDigest"/> of the event's bytes with a salt of
/// zeros; the salt that hides them is that of the digest which they go into.
/// </summary>
public static class EventTerms
{
    /// <summary>The terms of an event.</summary>
    /// <param name="cause">An event of a log.</param>
    public static KoalaBear[] Of(LedgerEvent cause)
    {
        var terms = new KoalaBear[SaltDeriver.Length];
        Digest digest = EventDigest.Of(EventBytes.Write(cause), new KoalaBear[SaltDeriver.Length]);
        return digest.TryToFields(terms) ? terms : throw new InvalidOperationException("a digest of the sponge is not made of field elements");
    }
}
