using System.Security.Claims;
using Workbench.Core.Audit;

namespace Workbench.Security;

/// <summary>Makes who sent a request the actor of what it does.</summary>
internal static class ActorMiddleware
{
    /// <summary>Adds it; it must come after authentication.</summary>
    public static void UseActor(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        Actor.Current = context.User.ToActor(Way.Api);
        return next(context);
    });

    /// <summary>The actor that a user is; <see cref="Actor.Local"/> where there is no sign-in.</summary>
    public static Actor ToActor(this ClaimsPrincipal user, Way way) =>
        new(user.Identity?.Name is { Length: > 0 } name ? name : Actor.Local, way);
}
