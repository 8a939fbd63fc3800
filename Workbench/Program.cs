using Workbench.Commands;
using Workbench.Core.Platform;

FilePermissions.KeepPrivate();
return await WorkbenchCommand.RunAsync(args);
