using System.Xml.Linq;

namespace Compat.ScottPlot;

/// <summary>A parsed picture; parsing fails when it is not well-formed XML.</summary>
internal sealed class Svg(string xml)
{
    public XElement Root { get; } = XDocument.Parse(xml).Root!;

    public string[] Texts => [.. Elements("text").Select(text => text.Value.Trim())];

    public IEnumerable<XElement> Elements(string name) => Root.Descendants().Where(element => element.Name.LocalName == name);
}
