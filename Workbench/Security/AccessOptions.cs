using System.ComponentModel.DataAnnotations;
using Workbench.Core.Configuration;

namespace Workbench.Security;

/// <summary>From where one may come in without signing in.</summary>
internal enum SignInRule
{
    /// <summary>A request that this machine itself makes, on loopback and through no proxy, needs no sign-in; any other does.</summary>
    Remote,

    /// <summary>Every request needs a sign-in.</summary>
    Always,
}

/// <summary>How the workbench is locked.</summary>
internal sealed class AccessOptions
{
    /// <summary>Who has to sign in.</summary>
    [Setting("Workbench:Authentication"), EnumDataType(typeof(SignInRule))]
    public SignInRule SignIn { get; set; }

    /// <summary>The first token; null to make one and keep it in the data folder.</summary>
    [Setting("Workbench:Token", Secret = true)]
    [RegularExpression("[!-~]{16,}", ErrorMessage = "at least 16 letters, digits and signs of ASCII, without spaces, as `openssl rand -hex 32` prints them")]
    public string? Token { get; set; }

    /// <summary>The names under which the workbench answers, with semicolons in between; null for those it knows by itself.</summary>
    [Setting("AllowedHosts")]
    public string? AllowedHosts { get; set; }
}
