using System.Reflection;

namespace Sweeps.Core;

/// <summary>The version of a part of the program.</summary>
public static class ProductVersion
{
    /// <summary>For example <c>0.1.0+5f2c1d0...</c>: the version and, where it was built from a checkout, the commit.</summary>
    public static string Of(Assembly assembly) => assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? assembly.GetName().Version!.ToString(3);
}
