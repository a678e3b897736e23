namespace Sluice.Auth.Settings;

/// <summary>The names of the routes, by which a host switches them off.</summary>
public static class AuthRoutes
{
    public const string Register = "register";
    public const string Login = "login";
    public const string Refresh = "refresh";
    public const string Logout = "logout";
    public const string Me = "me";
    public const string UpdateMe = "update-me";
    public const string DeleteMe = "delete-me";
    public const string ChangePassword = "change-password";
    public const string Sessions = "sessions";
    public const string RevokeSession = "revoke-session";
    public const string RevokeSessions = "revoke-sessions";
    public const string LoginMfa = "login-mfa";
    public const string Factors = "factors";
    public const string EnrolFactor = "enrol-factor";
    public const string ActivateFactor = "activate-factor";
    public const string RemoveFactor = "remove-factor";
    public const string StepUp = "step-up";
    public const string RecoveryCodes = "recovery-codes";
    public const string Preferences = "preferences";
    public const string UpdatePreferences = "update-preferences";
    public const string Notifications = "notifications";
    public const string ReadNotification = "read-notification";
    public const string ReadNotifications = "read-notifications";
    public const string RevokeToken = "revoke-token";
    public const string Introspect = "introspect";
    public const string VerifyEmail = "verify-email";
    public const string VerifyEmailPage = "verify-email-page";
    public const string ResendVerification = "resend-verification";
    public const string ForgotPassword = "forgot-password";
    public const string ResetPassword = "reset-password";
    public const string ResetPasswordPage = "reset-password-page";
    public const string ChangeEmail = "change-email";
    public const string ConfirmEmail = "confirm-email";
    public const string ConfirmEmailPage = "confirm-email-page";
    public const string MailBounced = "mail-bounced";
    public const string AcceptInvitation = "accept-invitation";
    public const string AcceptInvitationPage = "accept-invitation-page";
    public const string AdminUsers = "admin-users";
    public const string AdminCreateUser = "admin-create-user";
    public const string AdminUser = "admin-user";
    public const string AdminUpdateUser = "admin-update-user";
    public const string AdminDeleteUser = "admin-delete-user";
    public const string AdminRestoreUser = "admin-restore-user";
    public const string AdminSetRoles = "admin-set-roles";
    public const string AdminLockUser = "admin-lock-user";
    public const string AdminUnlockUser = "admin-unlock-user";
    public const string AdminDisableUser = "admin-disable-user";
    public const string AdminEnableUser = "admin-enable-user";
    public const string AdminRevokeSessions = "admin-revoke-sessions";
    public const string AdminResetMfa = "admin-reset-mfa";
    public const string AdminSendReset = "admin-send-reset";
    public const string AdminAudit = "admin-audit";
    public const string AdminAuditExport = "admin-audit-export";
    public const string AdminEmailLogs = "admin-email-logs";
    public const string AdminStatistics = "admin-statistics";
    public const string AdminKeys = "admin-keys";
    public const string AdminRotateKeys = "admin-rotate-keys";
    public const string AdminImport = "admin-import";
    public const string AdminAllowList = "admin-allowlist";
    public const string AdminAllow = "admin-allow";
    public const string AdminDisallow = "admin-disallow";
    public const string AdminInvite = "admin-invite";
    public const string TrustedDevices = "trusted-devices";
    public const string RemoveTrustedDevice = "remove-trusted-device";
    public const string OAuthStart = "oauth-start";
    public const string OAuthCallback = "oauth-callback";
    public const string OAuthExchange = "oauth-exchange";
    public const string Identities = "identities";
    public const string LinkIdentity = "link-identity";
    public const string UnlinkIdentity = "unlink-identity";
    public const string Authorize = "authorize";
    public const string AuthorizeForm = "authorize-form";
    public const string Token = "token";
    public const string UserInfo = "userinfo";
    public const string UserInfoForm = "userinfo-form";
    public const string EndSession = "end-session";
    public const string EndSessionForm = "end-session-form";
    public const string Consents = "consents";
    public const string WithdrawConsent = "withdraw-consent";
    public const string KeySet = "jwks";
    public const string Discovery = "discovery";

    /// <summary>Those that run once for an `Idempotency-Key`.</summary>
    internal static IReadOnlyList<string> Idempotent { get; } =
    [
        Register, UpdateMe, DeleteMe, ChangePassword, ChangeEmail, ResendVerification,
        AdminCreateUser, AdminUpdateUser, AdminDeleteUser, AdminRestoreUser, AdminSetRoles, AdminLockUser, AdminUnlockUser, AdminDisableUser, AdminEnableUser, AdminRevokeSessions, AdminResetMfa, AdminSendReset, AdminRotateKeys,
        AdminAllow, AdminDisallow, AdminInvite,
    ];

    /// <summary>Those that are there only where mail can be sent.</summary>
    internal static IReadOnlyList<string> OfMail { get; } = [VerifyEmail, VerifyEmailPage, ResendVerification, ForgotPassword, ResetPassword, ResetPasswordPage, ChangeEmail, ConfirmEmail, ConfirmEmailPage, AcceptInvitation, AcceptInvitationPage, MailBounced, AdminSendReset, AdminInvite];

    /// <summary>Those that are there only where <see cref="IdentityOptions.Providers"/> has some.</summary>
    internal static IReadOnlyList<string> OfProviders { get; } = [OAuthStart, OAuthCallback, OAuthExchange, Identities, LinkIdentity, UnlinkIdentity];

    /// <summary>Those that are there only for clients with redirect URIs (`token` also for the grant client_credentials).</summary>
    internal static IReadOnlyList<string> OfProvider { get; } = [Authorize, AuthorizeForm, Token, UserInfo, UserInfoForm, EndSession, EndSessionForm, Consents, WithdrawConsent];

    public static IReadOnlyList<string> All { get; } =
        [Register, Login, Refresh, Logout, Me, UpdateMe, DeleteMe, ChangePassword, Sessions, RevokeSession, RevokeSessions, RevokeToken, Introspect, LoginMfa, Factors, EnrolFactor, ActivateFactor, RemoveFactor, StepUp, RecoveryCodes, TrustedDevices, RemoveTrustedDevice, KeySet, Discovery,
         Preferences, UpdatePreferences, Notifications, ReadNotification, ReadNotifications,
         AdminUsers, AdminCreateUser, AdminUser, AdminUpdateUser, AdminDeleteUser, AdminRestoreUser, AdminSetRoles, AdminLockUser, AdminUnlockUser, AdminDisableUser, AdminEnableUser, AdminRevokeSessions, AdminResetMfa,
         AdminAudit, AdminAuditExport, AdminEmailLogs, AdminStatistics, AdminKeys, AdminRotateKeys, AdminImport, AdminAllowList, AdminAllow, AdminDisallow,
         .. OfMail, .. OfProviders, .. OfProvider];
}
