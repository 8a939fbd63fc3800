using Microsoft.EntityFrameworkCore;
using Workbench.Core.Evaluation;
using Workbench.Core.Search;
using Workbench.Core.Text;

namespace Workbench.Core.Tracking;

/// <summary>What a trial answered of what it was not trained on.</summary>
/// <param name="Study">Its study.</param>
/// <param name="Trial">Its number.</param>
/// <param name="Answers">The answers.</param>
public sealed record TrialEvaluation(Study Study, int Trial, HeldOut Answers)
{
    /// <summary>The answers beside those of another trial, which comes first.</summary>
    /// <param name="first">The other.</param>
    /// <param name="test">Whether those to the test part are meant, which both must have; else those to what was held back from training.</param>
    public EvaluationComparison Against(TrialEvaluation first, bool test) => EvaluationComparison.Of(
        test ? first.Answers.Test! : first.Answers.Validation, first.Answers.Classes,
        test ? Answers.Test! : Answers.Validation, Answers.Classes,
        sameData: (first.Study.Dataset, first.Study.DatasetFingerprint) == (Study.Dataset, Study.DatasetFingerprint));
}

/// <summary>Finds the answers from which trials, and the model versions built from them, are judged.</summary>
public sealed class Evaluations(IDbContextFactory<WorkbenchDb> databases, StudyQueries studies, RunQueries runs)
{
    /// <summary>Those of a trial.</summary>
    /// <param name="name">The study.</param>
    /// <param name="trial">The trial's number; null for the best.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="NotFoundException">There is no such study or trial.</exception>
    /// <exception cref="ConflictException">There is no complete trial yet, or the trial's answers were not kept.</exception>
    public async Task<TrialEvaluation> OfStudyAsync(string name, int? trial = null, CancellationToken cancellationToken = default)
    {
        var (study, _, best) = await studies.GetAsync(name, cancellationToken);
        var number = trial ?? best?.Number
            ?? throw new ConflictException($"The study '{name}' has no complete trial yet; there is nothing to judge.");
        return await FindAsync(study, number, cancellationToken);
    }

    /// <summary>Those of the trial that a model version was built from.</summary>
    /// <exception cref="NotFoundException">There is no such version.</exception>
    /// <exception cref="ConflictException">The study is gone, or the trial's answers were not kept.</exception>
    public async Task<TrialEvaluation> OfVersionAsync(string model, int version, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var found = TextRule.IsStorable(model)
            ? await (from v in db.Versions.AsNoTracking()
                     join m in db.Models on v.ModelId equals m.Id
                     where m.Name == model && v.Version == version
                     select new { v.Trial, StudyId = v.Run == null ? (long?)null : v.Run.StudyId }).SingleOrDefaultAsync(cancellationToken)
            : null;
        if (found is null)
        {
            throw new NotFoundException($"There is no version {version} of a model named '{model}'.");
        }
        if (found.Trial is not { } trial)
        {
            throw new ConflictException($"Version {version} of '{model}' was not trained here, so that nothing was held out of its training.");
        }
        var study = await db.Studies.AsNoTracking().SingleOrDefaultAsync(s => s.Id == found.StudyId, cancellationToken)
            ?? throw new ConflictException($"Version {version} of '{model}' was built from a study that is deleted.");
        return await FindAsync(study, trial, cancellationToken);
    }

    private async Task<TrialEvaluation> FindAsync(Study study, int number, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var run = await db.Runs.Where(r => r.StudyId == study.Id && r.Number == number).Select(r => (long?)r.Id).SingleOrDefaultAsync(cancellationToken)
            ?? throw new NotFoundException($"The study '{study.Name}' has no trial {number}.");
        return await runs.HeldOutAsync(run, cancellationToken) is { } answers
            ? new TrialEvaluation(study, number, answers)
            : throw new ConflictException(
                $"The answers of trial {number} of '{study.Name}' were not kept: they are of a trial that is the best of its study when it ends.");
    }
}
