using Bunit;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using Workbench.Components.Layout;

namespace Workbench.Tests.Components.Layout;

public sealed class StudyNewsTests : ShellContext
{
    [SkippableFact]
    public async Task The_end_of_a_study_is_told_in_the_window_to_the_browser_and_by_the_bell()
    {
        var study = await Store.StudyAsync(trials: 1, name: "short one");
        var told = new TaskCompletionSource<IReadOnlyList<object?>>(TaskCreationOptions.RunContinuationsAsynchronously);
        JSInterop.SetupVoid("workbenchNotify", invocation => told.TrySetResult(invocation.Arguments)).SetVoidResult();
        var news = Render<StudyNews>();
        news.WaitForAssertion(() => Assert.Single(Catalog.Studies));

        RunTrial(study);

        Assert.Equal(
            ["short one has completed", "Best val_accuracy 0.9000, trial 0.", "studies/short%20one", $"study-{study.Id}"],
            await told.Task.WaitAsync(Limit));
        news.WaitForAssertion(() => Assert.Equal("studies/short%20one", news.Find("li a").GetAttribute("href")));
        Assert.NotNull(news.Find("news-mark").GetAttribute("latest"));
        Assert.Contains("short one has completed", Services.GetRequiredService<ISnackbar>().ShownSnackbars.Single().Message, StringComparison.Ordinal);
    }
}
