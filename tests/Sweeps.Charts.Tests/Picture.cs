using System.Globalization;
using System.Xml.Linq;

namespace Sweeps.Charts.Tests;

/// <summary>A chart as drawn.</summary>
internal sealed class Picture
{
    public Picture(Chart chart)
    {
        Xml = chart.ToSvg();
        Root = XDocument.Parse(Xml).Root!;
    }

    public string Xml { get; }

    public XElement Root { get; }

    public string[] Texts => [.. Elements("text").Select(text => text.Value)];

    public IEnumerable<XElement> Elements(string name) => Root.Descendants().Where(element => element.Name.LocalName == name);

    public double Y(string text) => double.Parse(
        Elements("text").Single(element => element.Value == text).Attribute("y")!.Value, CultureInfo.InvariantCulture);
}
