namespace ScottPlot;

/// <summary>
/// Widths of texts without a font at hand. The table holds the advance widths of DejaVu Sans in thousandths of the font size.
/// It is the widest of the sans-serif fonts that viewers fall back to, so that a text never needs more room than was measured.
/// </summary>
internal static class FontMetrics
{
    private const char First = ' ';
    private const int OtherRegular = 660;
    private const int OtherBold = 760;
    private const int Wide = 1000;

    private static ReadOnlySpan<short> Regular =>
    [
        318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636, 636, 636, 636, 636,
        636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863, 748, 787,
        603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635, 615, 352, 635,
        634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838,
    ];

    private static ReadOnlySpan<short> Bold =>
    [
        348, 456, 521, 838, 696, 1002, 872, 306, 457, 457, 523, 838, 380, 415, 380, 365, 696, 696, 696, 696, 696, 696, 696, 696,
        696, 696, 400, 400, 838, 838, 838, 580, 1000, 774, 762, 734, 830, 683, 683, 821, 837, 372, 372, 775, 637, 995, 837, 850,
        733, 850, 770, 720, 682, 812, 774, 1103, 771, 724, 725, 457, 365, 457, 838, 500, 500, 675, 716, 593, 716, 678, 435, 716,
        712, 343, 343, 665, 343, 1042, 712, 687, 716, 716, 493, 595, 478, 712, 652, 924, 645, 652, 582, 712, 365, 712, 838,
    ];

    /// <summary>Width in pixels of one line of text.</summary>
    public static double Width(string text, double fontSize, bool bold) =>
        text.EnumerateRunes().Sum(rune => Advance(rune.Value, bold)) * fontSize / 1000;

    /// <summary>Height in pixels of one line of text.</summary>
    public static double LineHeight(double fontSize) => fontSize * 1.2;

    private static int Advance(int rune, bool bold)
    {
        var table = bold ? Bold : Regular;
        if (rune >= First && rune - First < table.Length) return table[rune - First];
        var isWide = rune is 0x2026 or 0x2014 or (>= 0x0410 and <= 0x042F) or (>= 0x1100 and <= 0x11FF) || rune >= 0x2E80;
        if (isWide) return bold ? Wide * 6 / 5 : Wide;
        var isSign = rune is 0xB1 or 0xD7 or (>= 0x2190 and <= 0x22FF);
        return isSign ? 838 : bold ? OtherBold : OtherRegular;
    }
}
