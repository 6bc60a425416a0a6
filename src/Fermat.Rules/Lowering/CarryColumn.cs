using Fermat.Air;
using Fermat.Air.Gadgets;
using Fermat.Algebra;

namespace Fermat.Rules.Lowering;

/// <summary>How a carry is held: the integers from <paramref name="Min"/> on, as many as its cells are checked for.</summary>
/// <param name="Min">The least.</param>
/// <param name="Width">How many: 1, 2, 3, 2^8, 2^15, 2^16, 3 · 2^16, 9 · 2^16 or 2^23; 0 of a carry that may be any element of the field.</param>
internal readonly record struct CarryPlan(long Min, long Width)
{
    private const long HalfWide = 1L << 22;

    /// <summary>The greatest.</summary>
    public long Max => Min + Width - 1;

    /// <summary>A carry in one cell that is not range-checked.</summary>
    public static CarryPlan Free => default;

    /// <summary>Whether it may be any element of the field.</summary>
    public bool IsFree => Width == 0;

    private long Magnitude => Math.Max(Math.Abs(Min), Math.Abs(Max));

    /// <summary>Carries that no wrap is possible with; null where there are none.</summary>
    /// <param name="difference">Coefficients with the bounds that are enforced.</param>
    /// <param name="isPaired">In base 65536 instead of 256.</param>
    /// <param name="digit">Where a wrap would be possible.</param>
    /// <param name="mayBeFree">Whether the last carries may go without range checks where no wrap is possible without them.</param>
    public static CarryPlan[]? TryMake(LimbForm difference, bool isPaired, out int digit, bool mayBeFree = false)
    {
        int step = isPaired ? 2 : 1, groups = (difference.Count + step - 1) / step;
        var plan = new CarryPlan[Math.Max(0, groups - 1)];
        (long min, long max) = (0, 0);
        long into = 0;
        for (int i = 0; i < groups; i++)
        {
            digit = i * step;
            (long least, long greatest) = Group(difference, digit, isPaired);
            if (mayBeFree && i < plan.Length && IsSmall(difference, digit, isPaired, into))
            {
                for (; i < plan.Length; i++)
                {
                    (least, greatest) = Group(difference, i * step, isPaired);
                    (min, max) = ((least + min) >> (8 * step), (greatest + max) >> (8 * step));
                    // a bit or a third costs no more
                    plan[i] = max - min < 3 ? new CarryPlan(min, max - min + 1) : Free;
                }
                break;
            }
            (min, max) = ((least + min) >> (8 * step), (greatest + max) >> (8 * step));
            long sum = Math.Max(Math.Abs(least), Math.Abs(greatest)) + into;
            if (i < plan.Length)
            {
                if (TryHold(min, max, isPaired) is not { } carry) return null;
                plan[i] = carry;
                into = carry.Magnitude;
                sum += into << (8 * step);
            }
            if (sum >= KoalaBear.Modulus) return null;
        }
        digit = -1;
        return plan;
    }

    /// <summary>Whether what is carried into a digit and all from there on is smaller than p in magnitude.</summary>
    private static bool IsSmall(LimbForm difference, int digit, bool isPaired, long into)
    {
        Int128 sum = into, weight = 1;
        int step = isPaired ? 2 : 1;
        for (int at = digit; at < difference.Count; at += step, weight = Int128.Min(weight << (8 * step), KoalaBear.Modulus))
        {
            (long least, long greatest) = Group(difference, at, isPaired);
            sum += weight * Math.Max(Math.Abs(least), Math.Abs(greatest));
            if (sum >= KoalaBear.Modulus) return false;
        }
        return true;
    }

    /// <summary>The bounds of a coefficient in the base of the carries.</summary>
    private static (long Min, long Max) Group(LimbForm difference, int digit, bool isPaired) => isPaired
        ? (difference.Min(digit) + 256 * difference.Min(digit + 1), difference.Max(digit) + 256 * difference.Max(digit + 1))
        : (difference.Min(digit), difference.Max(digit));

    private static CarryPlan? TryHold(long min, long max, bool isPaired) => (max - min + 1) switch
    {
        <= 3 and var few => new CarryPlan(min, few),
        <= 1 << 8 => new CarryPlan(min, 1 << 8),
        // 16 bits would reach the field's size: 2^16 · 2^15 > p
        <= 1 << 15 when isPaired => new CarryPlan(((min + max) >> 1) - (1 << 14), 1 << 15),
        _ when isPaired => null,
        <= 1 << 16 => new CarryPlan(min, 1 << 16),
        <= 3 << 16 => new CarryPlan(min, 3 << 16),
        <= 9 << 16 => new CarryPlan(min, 9 << 16),
        _ when min >= -HalfWide && max < HalfWide => new CarryPlan(-HalfWide, 2 * HalfWide),
        _ => null,
    };
}

/// <summary>
/// A carry in as few cells as its range allows: none for one integer, one for two or three (by a constraint), a byte (two of these in one message), a byte and 7 bits (one message), 16 bits (one
/// message), 16 bits and one or two digits in base 3 (by constraints), or what <see cref="BoundedColumn"/> makes of more. A free one is a cell and nothing else.
/// </summary>
internal sealed class CarryColumn
{
    private readonly CarryPlan _plan;
    private readonly BoundedColumn? _wide;
    private readonly int _low = -1;
    private readonly int _high = -1;
    private readonly int[] _thirds = [];

    public CarryColumn(Domain domain, string name, CarryPlan plan)
    {
        _plan = plan;
        Expr offset = plan.Min * domain.Active; // zero cells are zero on padding
        switch (plan.Width)
        {
            case 0:
                At = Cell(domain, name, out _low);
                return;
            case 1:
                At = offset;
                return;
            case 2 or 3:
                Expr few = Cell(domain, name, out _low);
                if (plan.Width == 2) domain.Table.ConstrainBoolean($"{name} is a bit", few);
                else Three(domain, name, few);
                At = few + offset;
                return;
            case 1 << 8:
                Expr cell = Cell(domain, name, out _low);
                domain.Byte(cell);
                At = cell + offset;
                return;
            case 1 << 15:
                Expr low = Cell(domain, $"{name}.low", out _low), high = Cell(domain, $"{name}.high", out _high);
                domain.Table.Receive(domain.Range.Tops, $"{name} in range", 1, low, high);
                At = low + 256 * high + offset;
                return;
            case 3 << 16 or 9 << 16:
                Expr word = Cell(domain, $"{name}.low", out _low);
                domain.Table.Receive(domain.Range.Range16, $"{name}.low is 16 bits", 1, word);
                At = word + offset;
                _thirds = new int[plan.Width == 3 << 16 ? 1 : 2];
                for (int i = 0, weight = 1 << 16; i < _thirds.Length; i++, weight *= 3)
                {
                    Expr third = Cell(domain, $"{name}.third[{i}]", out _thirds[i]);
                    Three(domain, $"{name}.third[{i}]", third);
                    At += weight * third;
                }
                return;
            default:
                _wide = BoundedColumn.Declare(domain.Table, domain.Range, name, plan.Min, plan.Max, domain.Active);
                domain.Count(plan.Width > 1 << 16 ? 2 : 1);
                At = _wide.Term.Expression;
                return;
        }
    }

    /// <summary>The carry.</summary>
    public Expr At { get; }

    /// <summary>What the cells can hold that is nearest to an integer.</summary>
    public long Nearest(long carry) => _plan.IsFree ? carry : Math.Clamp(carry, _plan.Min, _plan.Max);

    /// <summary>Writes the carry; bytes are counted where they are checked.</summary>
    public void Fill(Span<KoalaBear> cells, long carry, Tally tally)
    {
        if (_wide is not null)
        {
            _wide.Fill(cells, carry, tally.Range);
            return;
        }
        if (_plan.IsFree)
        {
            cells[_low] = KoalaBear.From(carry);
            return;
        }
        if (carry < _plan.Min || carry > _plan.Max) throw new ArgumentOutOfRangeException(nameof(carry), carry, $"the cells hold [{_plan.Min}, {_plan.Max}]");
        int distance = (int)(carry - _plan.Min);
        if (_thirds.Length > 0)
        {
            cells[_low] = KoalaBear.From((uint)(distance & 0xffff));
            tally.Range.Word(distance & 0xffff);
            int high = distance >> 16;
            foreach (int third in _thirds)
            {
                cells[third] = KoalaBear.From((uint)(high % 3));
                high /= 3;
            }
            return;
        }
        if (_low >= 0) cells[_low] = KoalaBear.From((uint)(_high >= 0 ? distance & 255 : distance));
        if (_high < 0) return;
        cells[_high] = KoalaBear.From((uint)(distance >> 8));
        tally.Range.Top(distance & 255, distance >> 8);
    }

    private static void Three(Domain domain, string name, Expr cell) => domain.Table.Constrain($"{name} is 0, 1 or 2", cell * (cell - 1) * (cell - 2));

    private static Expr Cell(Domain domain, string name, out int offset)
    {
        Expr cell = domain.Column(name, isZeroOnPadding: false);
        offset = cell.Offset;
        return cell;
    }
}
