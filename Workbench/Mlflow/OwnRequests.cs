using Workbench.Core.Mirroring;

namespace Workbench.Mlflow;

/// <summary>Refuses what this workbench sends to itself: a person who sets <c>MLFLOW_TRACKING_URI</c> to it for clients does not mean that everything
/// is mirrored beside itself. The refusal comes before the sign-in.</summary>
internal static class OwnRequests
{
    public static void RefuseOwnRequests(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        if (context.Request.Headers.TryGetValue(MirrorReport.OriginHeader, out var origin)
            && await context.RequestServices.GetRequiredService<MirrorReport>().IsOwnAsync(origin, context.RequestAborted))
        {
            await MlflowError.Write(context, new MlflowError(StatusCodes.Status508LoopDetected, "INVALID_STATE", "A workbench is not mirrored to itself."));
            return;
        }
        await next(context);
    });
}
