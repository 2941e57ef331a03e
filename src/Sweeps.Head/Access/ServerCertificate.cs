using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sweeps.Head.Access;

/// <summary>What a head proves with that it is the one that is meant.</summary>
/// <param name="Certificate">Its certificate, with the private key.</param>
/// <param name="Chain">Certificates of the authorities between it and one that clients know.</param>
public sealed record ServerCertificate(X509Certificate2 Certificate, X509Certificate2Collection Chain)
{
    /// <summary>Reads a certificate in PEM, behind which those of authorities may follow, and its private key; or both in PKCS #12 without a password.</summary>
    /// <param name="file">The certificate; <c>.pfx</c> or <c>.p12</c> for PKCS #12.</param>
    /// <param name="keyFile">The key in PEM; null for PKCS #12, and where the certificate's file holds it too.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="CryptographicException">They hold something else, or do not belong together.</exception>
    public static ServerCertificate Read(string file, string? keyFile)
    {
        if (Path.GetExtension(file).ToLowerInvariant() is ".pfx" or ".p12")
        {
            var all = X509CertificateLoader.LoadPkcs12CollectionFromFile(file, null);
            var own = all.FirstOrDefault(one => one.HasPrivateKey) ?? throw new CryptographicException("it holds no private key");
            all.Remove(own);
            return new ServerCertificate(own, all);
        }
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(file);
        if (chain.Count > 0) chain.RemoveAt(0);
        return new ServerCertificate(X509Certificate2.CreateFromPemFile(file, keyFile), chain);
    }
}
