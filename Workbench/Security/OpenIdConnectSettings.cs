using System.ComponentModel.DataAnnotations;
using Workbench.Core.Access;
using Workbench.Core.Configuration;

namespace Workbench.Security;

/// <summary>The OpenID Connect provider at which people sign in, and which of its roles have which scope.</summary>
internal sealed class OpenIdConnectSettings : IValidatableObject
{
    private const string Section = "Authentication:OpenIdConnect:";

    /// <summary>The provider's address, below which <c>.well-known/openid-configuration</c> is; null to sign in by token only.</summary>
    [Setting(Section + "Authority")]
    public string? Authority { get; set; }

    /// <summary>The workbench's name at the provider. Its redirect address there is <c>…/signin-oidc</c>.</summary>
    [Setting(Section + "ClientId")]
    public string? ClientId { get; set; }

    /// <summary>The workbench's secret at the provider; null for a public client.</summary>
    [Setting(Section + "ClientSecret", Secret = true)]
    public string? ClientSecret { get; set; }

    /// <summary>What the workbench asks the provider for, with spaces in between.</summary>
    [Setting(Section + "Scope")]
    public string Scope { get; set; } = "openid profile email";

    /// <summary>The claim of the identity token that holds a person's roles.</summary>
    [Setting(Section + "RoleClaim")]
    public string RoleClaim { get; set; } = "roles";

    /// <summary>The roles that may read, with semicolons in between; <c>*</c> for everyone whom the provider knows.</summary>
    [Setting(Section + "ReadRoles")]
    public string ReadRoles { get; set; } = "workbench-read";

    /// <summary>The roles that may write.</summary>
    [Setting(Section + "WriteRoles")]
    public string WriteRoles { get; set; } = "workbench-write";

    /// <summary>The roles that may do everything.</summary>
    [Setting(Section + "AdminRoles")]
    public string AdminRoles { get; set; } = "workbench-admin";

    /// <summary>The greatest scope that a person's roles have; null for none.</summary>
    public Scope? ScopeOf(IReadOnlyCollection<string> roles)
    {
        foreach (var (scope, names) in new[] { (Core.Access.Scope.Admin, AdminRoles), (Core.Access.Scope.Write, WriteRoles), (Core.Access.Scope.Read, ReadRoles) })
        {
            var allowed = names.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (allowed.Contains("*") || allowed.Intersect(roles).Any())
            {
                return scope;
            }
        }
        return null;
    }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Authority is not null
            && (!Uri.TryCreate(Authority, UriKind.Absolute, out var address) || !(address.Scheme == "https" || (address.Scheme == "http" && address.IsLoopback))))
        {
            yield return new ValidationResult($"{Section}Authority is '{Authority}'; it must be the provider's address, and begin with https://.");
        }
        if (Authority is null != ClientId is null)
        {
            yield return new ValidationResult($"{Section}Authority and {Section}ClientId belong together; one of them is missing.");
        }
    }
}
