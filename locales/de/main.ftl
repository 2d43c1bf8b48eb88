# Navigation und überall gebrauchte Wörter
nav-home = Start
nav-requests = Zugangsanfragen
nav-organisation = Einstellungen der Organisation
nav-settings = Einstellungen
nav-waiting = Beitrittsanfragen
nav-main = Hauptmenü
nav-administration = Verwaltung
nav-you = Sie
nav-menu = Menü
nav-skip = Zum Inhalt
nav-customer = Kundennummer { $number }
nav-sign-out = Abmelden
cancel = Abbrechen
save = Speichern
to-signin = Zurück zur Anmeldung
form-pending = Einen Moment …
form-offline = Der Server hat nicht geantwortet. Es wurde nichts geändert; bitte versuchen Sie es noch einmal.

# How an instant is written: names of months by the locale, the rest by strftime.
date-locale = de_DE
date-format = %-d. %B %Y, %H:%M %Z
time-now = gerade eben
time-soon = in Kürze
time-minutes-past = { $n ->
    [one] vor 1 Minute
   *[other] vor { $n } Minuten
}
time-minutes-ahead = { $n ->
    [one] in 1 Minute
   *[other] in { $n } Minuten
}
time-hours-past = { $n ->
    [one] vor 1 Stunde
   *[other] vor { $n } Stunden
}
time-hours-ahead = { $n ->
    [one] in 1 Stunde
   *[other] in { $n } Stunden
}
time-days-past = { $n ->
    [one] vor 1 Tag
   *[other] vor { $n } Tagen
}
time-days-ahead = { $n ->
    [one] in 1 Tag
   *[other] in { $n } Tagen
}

# Felder
label-email = E-Mail-Adresse
label-new-email = Neue E-Mail-Adresse
label-password = Passwort
label-current-password = Bisheriges Passwort
label-new-password = Neues Passwort (mindestens 8 Zeichen)
label-code = Code aus Ihrer Authenticator-App oder ein Wiederherstellungscode
label-your-name = Ihr Name
label-organisation = Organisation
label-slug = Adresse der Organisation (Buchstaben, Ziffern, Bindestriche)
label-customer-number = Kundennummer
label-language = Sprache
label-time-zone = Zeitzone
label-theme = Darstellung
theme-system = Wie das System
theme-light = Hell
theme-dark = Dunkel

# Start und Anmeldung
home-title = Willkommen bei Anteroom
home-text = Hier entscheiden Organisationen, wer beitreten darf und was erreichbar ist. Melden Sie sich an, um Zugang anzufragen, eine Einladung anzunehmen oder zu entscheiden.
home-sign-in = Anmelden
home-welcome = Willkommen, { $name }
home-restricted = Ihr Zugang ist vorerst eingeschränkt.
home-restricted-text = Die Administration von { $organisation } weiß Bescheid und wird Ihnen Rechte zuweisen. Dieser Hinweis verschwindet von selbst.
home-requests = Sehen, wer beitreten möchte, und entscheiden
home-settings = Ihr Name, Ihre Sprache, Ihr Passwort und Ihre Sitzungen
signin-title = Anmelden
signin-button = Anmelden
signin-with = Weiter mit { $provider }
signin-or = oder mit Ihrem Passwort
link-title = Ist das Ihr Konto?
link-text = Zu { $email } gibt es ein Konto. Um sich dort künftig mit { $provider } anzumelden, zeigen Sie, dass es Ihnen gehört.
link-button = Verknüpfen und weiter
link-other = Sie sind als { $email } angemeldet, das ist ein anderes Konto.
link-mail-text = oder mit einem Link in Ihrem Postfach
link-mail = Link senden
link-by-mail = Künftig meldet { $provider } Sie beim Konto von { $email } an.
signin-forgotten = Passwort vergessen?
code-title = Noch ein Schritt
code-text = Ihr Konto hat einen zweiten Faktor. Geben Sie den Code ein, den Ihre Authenticator-App jetzt zeigt, oder einen Ihrer Wiederherstellungscodes.
code-button = Weiter

# Neues Passwort
reset-title = Neues Passwort setzen
reset-text = Wir senden einen Link an die Adresse Ihres Kontos. Er gilt eine Stunde.
reset-button = Link senden
reset-set-title = Neues Passwort wählen
reset-set-text = Danach sind Sie überall abgemeldet und melden sich mit dem neuen Passwort an.
reset-set-button = Neues Passwort speichern
reset-again = Neuen Link anfordern

# Einrichtung
setup-title = Erste Organisation anlegen
setup-text = Sie verwalten sie als Erste oder Erster.
setup-button = Organisation anlegen
setup-dead = Bei jedem Start steht auf der Konsole des Servers ein neuer Link, bis es eine Organisation gibt.

# Einladungen
invitation-title = Einladung
invitation-heading = { $organisation } beitreten
invitation-text = { $inviter } lädt Sie zu { $organisation } ein.
invitation-for = Einladung für
invitation-until = Der Link läuft ab
invitation-accept = Einladung annehmen
invitation-accept-new = Konto anlegen und annehmen
invitation-new = Sie haben noch kein Konto. Wählen Sie einen Namen und ein Passwort.
invitation-known = Sie haben bereits ein Konto mit dieser Adresse. Melden Sie sich an und nehmen Sie dann an.
invitation-other = Sie sind als { $email } angemeldet, die Einladung gilt aber für eine andere Adresse.
invitation-switch = Abmelden und wechseln
invitation-go = Zu { $organisation }
invitation-ask = Bitten Sie { $inviter } von { $organisation } um eine neue Einladung.

# Neue Adresse
email-title = Neue Adresse bestätigen
email-text = Ab dann ist { $email } die Adresse Ihres Kontos. Auf Ihren anderen Geräten werden Sie abgemeldet.
email-button = Adresse bestätigen
email-again = Zurück zu den Einstellungen

waiting-title = Beitrittsanfragen
waiting-text = Was Sie angefragt haben und was daraus wurde.
waiting-asked = Angefragt
waiting-member = Ihre Organisationen
waiting-withdraw = Zurückziehen
waiting-pending = Die Administration weiß Bescheid. Sie müssen jetzt nichts weiter tun.
waiting-approved = Sie sind eingeladen. Der Link steht in einem Brief an Ihre Adresse.
waiting-joined = Sie sind dort Mitglied.
waiting-denied = Die Anfrage wurde abgelehnt. Sie dürfen erneut anfragen.
waiting-canceled = Die Anfrage wurde zurückgezogen.
waiting-expired = Niemand hat rechtzeitig entschieden. Sie dürfen erneut anfragen.
status-pending = Offen
status-approved = Eingeladen
status-denied = Abgelehnt
status-canceled = Abgebrochen
status-expired = Abgelaufen

# Die Anfragenliste
queue-email = Anfragende Person
queue-requested-at = Angefragt
queue-status = Status
queue-id = ID
queue-actions = Aktionen
queue-approve = Annehmen
queue-approve-title = Zugangsanfrage annehmen
queue-approve-text = An diese Adresse geht eine Einladung, mit der ein Konto bei { $organisation } angelegt werden kann. Es beginnt ohne Rechte.
queue-approve-press = Einladung senden
queue-reject = Ablehnen
queue-reject-title = Zugangsanfrage ablehnen
queue-reject-text = Damit kann kein Konto bei { $organisation } angelegt werden. Für diese Anfrage ist das endgültig.
queue-reject-press = Anfrage ablehnen
queue-decided = von { $by }, { $when }
queue-message = Nachricht
queue-no-message = Keine Nachricht
queue-history = Verlauf
queue-mails = Briefe und Nachrichten
queue-copy = Link kopieren
queue-link = Geben Sie diesen Link der eingeladenen Person. Er wird nur jetzt gezeigt; der vorige Link gilt nicht mehr.
queue-next = Ältere Anfragen
queue-no-mail = Es ist kein Mailserver eingerichtet. Briefe warten; öffnen Sie eine Anfrage, um ihren Einladungslink zu kopieren und selbst zu übergeben.
mail-queued = { $letter } an { $to }: vorgemerkt
mail-waits = { $letter } an { $to }: wartet auf einen Mailserver
mail-deferred = { $letter } an { $to }: noch nicht zugestellt, nächster Versuch { $when } ({ $why })
mail-sent = { $letter } an { $to }: gesendet { $when }
mail-failed = { $letter } an { $to }: nicht zustellbar ({ $why })
event-by = von { $actor }
event-of = { $what }: { $which }
event-request-submitted = Eingereicht
event-request-approved = Angenommen
event-request-denied = Abgelehnt
event-request-canceled = Abgebrochen
event-request-expired = Abgelaufen

# Einstellungen
settings-profile = Profil
settings-email = E-Mail-Adresse
settings-email-now = Ihre Adresse ist { $email }.
settings-email-unproven = Diese Adresse ist noch nicht bestätigt. Fordern Sie einen Link dorthin an und öffnen Sie ihn.
settings-email-text = Die neue Adresse gilt erst, wenn Sie den Link geöffnet haben, den wir dorthin senden. Die alte Adresse wird benachrichtigt.
settings-email-button = Link senden
settings-password = Passwort
settings-password-button = Passwort ändern
settings-email-by-provider = Sie gilt, solange Ihr Anmeldeanbieter sagt, dass sie Ihnen gehört. Damit sie unabhängig davon gilt, fordern Sie einen Link dorthin an.
settings-ways = Anmeldeanbieter
settings-ways-text = Damit können Sie sich bei diesem Konto anmelden.
settings-way-add = { $provider } hinzufügen
settings-way-remove = Entfernen
settings-way-address = nennt als Ihre Adresse { $email }
settings-way-take = Diese Adresse verwenden
settings-again = Wer ändert, wie man sich anmeldet, oder Sitzungen beendet, muss sich in den letzten zehn Minuten angemeldet haben. Melden Sie sich zuerst noch einmal an:
settings-factor = Zweiter Faktor
settings-sessions = Wo Sie angemeldet sind
settings-session-begun = seit
settings-session-here = Diese Sitzung
settings-session-end = Beenden
settings-sessions-end = Alle anderen beenden
settings-security = Sicherheit
settings-demand = Für die Administration ist ein zweiter Faktor nötig
settings-demand-text = Wer hier Rechte und keinen zweiten Faktor hat, muss erst einen einrichten. Um dies einzuschalten, brauchen Sie selbst einen.
factor-text = Mit einem zweiten Faktor genügt ein gestohlenes Passwort nicht. Sie brauchen eine Authenticator-App.
factor-begin = Zweiten Faktor einrichten
factor-scan = Scannen Sie diesen Code mit Ihrer Authenticator-App und geben Sie dann den Code ein, den sie zeigt.
factor-qr = QR-Code für Ihre Authenticator-App
factor-type = Oder geben Sie diesen Schlüssel in die App ein:
factor-confirm = Einschalten
factor-is-on = Der zweite Faktor ist eingeschaltet
factor-left = { $n ->
    [one] Noch 1 Wiederherstellungscode
   *[other] Noch { $n } Wiederherstellungscodes
}
factor-end = Ausschalten
factor-renew = Neue Wiederherstellungscodes erzeugen
factor-codes = Bewahren Sie diese Wiederherstellungscodes sicher auf. Jeder gilt einmal, und sie werden nur jetzt gezeigt.
done-reset = Ihr neues Passwort ist gespeichert. Melden Sie sich damit an.
done-withdrawn = Die Anfrage wurde zurückgezogen.
done-profile = Gespeichert.
done-saved = Gespeichert.
done-password = Ihr Passwort wurde geändert. Alle anderen Sitzungen wurden beendet.
done-email = Wir haben einen Link an die neue Adresse gesendet. Bis Sie ihn öffnen, ändert sich nichts.
done-address = Ihre Adresse wurde geändert.
done-session = Beendet.
done-unlinked = Entfernt.
shown-once-gone = Was hier stand, wird nur einmal gezeigt und ist nicht mehr da. Haben Sie es nicht aufbewahrt, erzeugen Sie es neu.
done-factor = Der zweite Faktor wurde geändert.

# Die Vorführung
demo-title = Dies ist eine Vorführung
demo-text = Sehen Sie sich als eine dieser Personen um. Nichts verlässt diesen Rechner.
demo-as-administrator = Als Administrator anmelden
demo-as-member = Als Mitglied ohne Rechte anmelden
demo-as-stranger = Als Fremder anmelden
demo-mailbox = Briefe, die gesendet worden wären
mailbox-title = Postfach der Vorführung
mailbox-text = Briefe, die ein echter Betrieb gesendet hätte, die neuesten zuerst.
mailbox-none = Noch keine Briefe.

# Registrierung
signup-title = Registrieren
signup-text = Melden Sie sich mit Ihrem Anbieter an, oder bestätigen Sie Ihre E-Mail-Adresse: Wir senden einen Link dorthin. Dann treffen Sie auf die Organisation, zu der Sie gehören.
signup-or = oder mit Ihrer E-Mail-Adresse
invitation-or = oder mit Namen und Passwort
signup-button = Link senden
signup-known = Ich habe schon ein Konto
signup-again = Neuen Link anfordern
signup-prove = Ihr Konto anlegen
signup-prove-text = Die Adresse { $email } ist bestätigt. Wählen Sie einen Namen und ein Passwort.
signup-prove-button = Konto anlegen
signup-prove-signed-in = Sie sind als { $email } angemeldet. Wenn Sie dieses Konto anlegen, sind Sie stattdessen damit angemeldet.
signup-could-not = Konto konnte nicht angelegt werden
signup-could-not-text = { $organisation } hat hier bereits ein Konto. Sie können die Administration um Zugang bitten.
signup-contact = Kontakt der Administration
signup-message = Nachricht an die Administration (freiwillig)
signup-request = Zugang anfragen
signup-see = Ihre Anfrage ansehen
signup-nowhere = Sie gehören hier noch zu keiner Organisation
signup-nowhere-text = Keine Organisation gehört zu Ihrem Anbieter oder Ihrer Adresse. Bitten Sie um eine Einladung, wer Sie hierher geschickt hat.
signup-support = Hilfe:
signup-create = Ihre Organisation anlegen
signup-create-text = Keine Organisation gehört zu Ihrem Anbieter oder Ihrer Adresse. Legen Sie eine an; Sie verwalten sie dann.
signin-new = Neu hier? Registrieren

# Die Seite zur eigenen Anfrage
status-title = Ihre Anfrage an { $organisation }
status-pending-next = Die Administration von { $organisation } wurde per E-Mail benachrichtigt. Sie müssen jetzt nichts weiter tun: Wird zugestimmt, kommt eine Einladung an Ihre Adresse. Sie können hier jederzeit nachsehen.
status-invited = Sie sind eingeladen. Der Link steht in einem Brief an { $email }; er läuft { $when } ab.
status-invitation-over = Sie wurden eingeladen, aber der Link gilt nicht mehr. Fragen Sie { $organisation } erneut an.
status-accepted = Sie sind Mitglied von { $organisation }.
status-pending-quiet = Die Administration von { $organisation } findet Ihre Anfrage in ihrer Liste. Sie müssen jetzt nichts weiter tun: Wird zugestimmt, kommt eine Einladung an Ihre Adresse. Sie können hier jederzeit nachsehen.
status-canceled-next = Die Anfrage wurde zurückgezogen. Sie dürfen { $organisation } erneut anfragen.
status-expired-next = Niemand bei { $organisation } hat rechtzeitig entschieden. Sie dürfen erneut anfragen.
status-sign-in = Anmelden, um sie zurückzuziehen oder erneut anzufragen
status-again = Erneut anfragen
waiting-none = Sie haben noch nichts angefragt.
waiting-sign-up = Ihre Organisation finden
done-asked = Erledigt. Wenn die Adresse stimmt, ist unterwegs, worum Sie gebeten haben.
done-requested = Ihre Anfrage ist unterwegs.
done-verified = Die Domain ist bestätigt.

# Mehr zur Anfragenliste
close = Schließen
queue-tab-pending = Offen
queue-tab-approved = Angenommen
queue-tab-others = Übrige
queue-search = Name, E-Mail oder Ressource suchen
people-search = Name oder E-Mail suchen
queue-search-button = Suchen
queue-search-clear = Suche aufheben
queue-fresh = Es gibt neue Anfragen.
queue-fresh-show = Anzeigen
queue-details = Einzelheiten
queue-origin = Gehört zu Ihnen durch
queue-try-again = Noch einmal versuchen
queue-allow-again = Erneute Anfrage erlauben
queue-to-user = Einladung unter Benutzer erneut senden
queue-empty-pending = Keine Zugangsanfragen warten
queue-empty-pending-text = Wenn jemand beitreten möchte, erscheint die Anfrage hier, und Sie bekommen einen Brief.
queue-empty-approved = Noch keine Anfrage wurde angenommen
queue-empty-approved-text = Hier stehen angenommene Anfragen mit der Einladung, die versandt wurde.
queue-empty-others = Hier ist nichts
queue-empty-others-text = Hier stehen abgelehnte, zurückgezogene und abgelaufene Anfragen.
queue-empty-search = Nichts gefunden
queue-empty-search-text = Gesucht wird nach Anfängen von Namen und Adressen in diesem Reiter.
mail-dropped = { $letter } an { $to }: ersetzt, der Link darin gilt nicht mehr
event-request-allowed-again = Erneute Anfrage erlaubt
keys-title = Tasten
keys-search = suchen
keys-down = nächste Zeile
keys-up = vorige Zeile
keys-open = Einzelheiten der Zeile
keys-approve = annehmen
keys-reject = ablehnen
keys-help = diese Hilfe
label-keys = Einzelne Tasten für die Anfragenliste (dort ? drücken)

# Was Menschen zu einer Organisation führt
label-admin-contact = Kontakt der Administration für Menschen, die sich nicht registrieren können (freiwillig)
label-support-contact = Kontakt für Hilfe, für Mitglieder und für Menschen, die gegangen sind (freiwillig)
label-domain = Domain Ihrer E-Mail-Adressen
settings-tells-rejected = Abgelehnte per E-Mail benachrichtigen
settings-provider-links = Organisationen bei Anmelde-Anbietern
settings-provider-links-text = Wer sich aus einer verknüpften Organisation anmeldet, kann kein eigenes Konto anlegen, aber bei Ihnen Zugang anfragen. Um Ihre zu verknüpfen, weisen Sie sie durch Anmelden nach.
settings-prove = Mit { $provider } anmelden
settings-link = Verknüpfen
settings-unlink = Trennen
settings-linked = verknüpft
settings-domains = E-Mail-Domains
settings-domains-text = Menschen mit bestätigter Adresse in einer bestätigten Domain können bei Ihnen Zugang anfragen.
settings-add-domain = Domain hinzufügen
settings-record-text = Um die Domain zu bestätigen, legen Sie dort, wo sie verwaltet wird, diesen TXT-Eintrag an und prüfen ihn dann. Lassen Sie ihn stehen: Er wird einmal am Tag gesucht.
settings-record = Name
settings-record-value = Wert
settings-check = Eintrag prüfen
settings-checked = Zuletzt gesucht
settings-remove = Entfernen
domain-verified = Bestätigt
domain-missing = Eintrag fehlt
domain-unverified = Nicht bestätigt

# Benutzer
nav-users = Benutzerverwaltung
users-person = Person
users-roles = Rollen
users-seen = Zuletzt angemeldet
users-no-roles = Keine Rollen
users-active = Aktiv
users-invited = Eingeladen
users-link-until = Link läuft ab
users-link-over = Link abgelaufen
users-set-roles = Rollen setzen
users-resend = Einladung erneut senden
users-invite = Person einladen
users-invite-button = Einladung senden
users-next = Weitere Benutzer
role-administrator = Administration
done-roles = Die Rollen sind gesetzt.
done-resent = Ein neuer Link ist unterwegs; der alte gilt nicht mehr.

# User Management
people-users = Mitglieder
people-invitations = Einladungen
people-roles = Rollen
people-groups = Gruppen
users-manager = Führungskraft
users-waits = Wartet auf Rechte
users-waits-since = Ohne Rechte, { $when }
users-waiting = { $n ->
    [one] 1 Mitglied wartet auf Rechte.
   *[other] { $n } Mitglieder warten auf Rechte.
}
users-waiting-show = Zeigen
users-waiting-title = Warten auf Rechte
users-role-filter = Rolle
users-role-all = Alle Rollen
propose-hint = Geben Sie einen Namen oder eine E-Mail-Adresse ein.
invite-people = E-Mail-Adressen, je Zeile eine, oder Zeilen aus einer Tabelle (Adresse, Name, Rollen)
invite-left = { $n ->
    [one] Sie können heute noch 1 Einladung senden.
   *[other] Sie können heute noch { $n } Einladungen senden.
}
invite-by-file = Aus einer CSV-Datei einladen
invite-file = CSV-Datei
invite-file-hint = Spalten: E-Mail, Name, Rollen. Höchstens 10.000 Zeilen.
invite-file-button = Einladungen aus der Datei senden
invite-results = Einladungen
invite-sum = { $sent ->
    [one] 1 Einladung ist unterwegs.
   *[other] { $sent } Einladungen sind unterwegs.
} { $failed ->
    [0] {""}
    [one] 1 Adresse wurde abgelehnt.
   *[other] { $failed } Adressen wurden abgelehnt.
}
invite-line = Zeile
invite-result = Ergebnis
invite-invited = Eingeladen
invite-approved = Anfrage angenommen, eingeladen
invite-another = Weitere Person einladen
invite-to-list = Zu den Einladungen
invitations-all = Alle
invitations-sent = Gesendet
invitations-letter = Brief
invitations-resend = Erneut senden
invitations-delete = Löschen
invitations-delete-title = Einladung löschen
invitations-delete-text = Der Link gilt sofort nicht mehr und sagt das allen, die ihn öffnen.
invitations-delete-press = Einladung löschen
invitations-next = Ältere Einladungen
invitations-none = Hier sind keine Einladungen
invitations-none-text = Hier stehen gesendete Einladungen und was aus ihnen wurde.
invitations-undelivered = { $n ->
    [one] 1 offene Einladung konnte nicht zugestellt werden.
   *[other] { $n } offene Einladungen konnten nicht zugestellt werden.
}
invitations-undelivered-show = Zeigen
invitations-no-mail = Es ist kein Mailserver eingerichtet. Kopieren Sie die Links und übergeben Sie sie selbst.
invitation-status-pending = Offen
invitation-status-expired = Abgelaufen
invitation-status-accepted = Angenommen
invitation-status-deleted = Gelöscht
invitation-new-link = Neuen Link anfordern
invitation-new-link-text = Die Verwaltung von { $organisation } sieht dann, dass Sie um einen neuen bitten.
queue-origin-invitation = Eine Einladung, deren Link abgelaufen ist
user-back = Alle Mitglieder
user-details = Angaben
user-joined = Mitglied seit
user-employment = Angaben zur Beschäftigung
label-manager = Führungskraft
label-job-title = Position
label-department = Abteilung
label-role = Rolle
label-group = Gruppe
label-invitation-hours = Links von Einladungen gelten so viele Stunden (1 bis 720)
label-invitations-a-day = Einladungen, die jede Person der Verwaltung am Tag senden darf
user-no-groups = In keiner Gruppe
user-sessions = Sitzungen
user-no-sessions = Nirgends angemeldet
user-no-requests = Hat hier nichts angefragt
user-remove = Aus der Organisation entfernen
user-remove-title = Aus { $organisation } entfernen
user-remove-access = Der Zugang zu { $organisation } endet sofort, auf allen Geräten.
user-remove-roles = { $n ->
    [one] 1 Rolle wird entzogen.
   *[other] { $n } Rollen werden entzogen.
}
user-remove-groups = { $n ->
    [one] Die Person verlässt 1 Gruppe.
   *[other] Die Person verlässt { $n } Gruppen.
}
user-remove-reports = { $n ->
    [one] 1 Mitglied hat keine Führungskraft mehr.
   *[other] { $n } Mitglieder haben keine Führungskraft mehr.
}
user-remove-invitations = { $n ->
    [one] 1 offene Einladung bleibt, gibt aber keine Rollen mehr.
   *[other] { $n } offene Einladungen bleiben, geben aber keine Rollen mehr.
}
user-remove-letter = Die Person erfährt es per E-Mail. Das Konto selbst bleibt.
roles-create = Rolle anlegen
roles-back = Alle Rollen
roles-allows = Berechtigungen
roles-everything = Alles
roles-nothing = Keine
roles-invitations = Offene Einladungen
roles-built-in = Fest eingebaut
roles-members = { $n ->
    [one] 1 Mitglied
   *[other] { $n } Mitglieder
}
roles-open-invitations = { $n ->
    [one] 1 offene Einladung
   *[other] { $n } offene Einladungen
}
roles-then = { $n ->
    [one] 1 offene Einladung enthält diese Rolle. Was geschieht mit ihr?
   *[other] { $n } offene Einladungen enthalten diese Rolle. Was geschieht mit ihnen?
}
roles-then-keep = Sie behalten die Rolle, wie sie dann ist
roles-then-drop = Sie verlieren diese Rolle
roles-then-delete = Sie werden gelöscht
roles-delete = Rolle löschen
roles-delete-title = Rolle löschen
roles-delete-text = Mitglieder verlieren sie. Wer keine andere Rolle hat, ist von da an eingeschränkt.
groups-create = Gruppe anlegen
groups-back = Alle Gruppen
groups-none = Noch keine Gruppen
groups-none-text = Eine Gruppe fasst Mitglieder zusammen, die um Zustimmung gefragt werden können.
groups-empty = Niemand ist in dieser Gruppe.
groups-person = Mitglied hinzufügen
groups-add = Hinzufügen
groups-take-out = Herausnehmen
groups-rename = Umbenennen
groups-delete = Gruppe löschen
groups-delete-title = Gruppe löschen
groups-delete-text = { $n ->
    [one] 1 Mitglied ist darin.
   *[other] { $n } Mitglieder sind darin.
}
permission-requests-view = Zugangsanfragen sehen
permission-requests-decide = Zugangsanfragen entscheiden
permission-invitations-send = Personen einladen
permission-members-manage = Mitglieder verwalten
permission-roles-manage = Rollen verwalten
permission-groups-manage = Gruppen verwalten
permission-resources-manage = Ressourcen verwalten
permission-flows-manage = Genehmigungsabläufe verwalten
permission-connectors-manage = Konnektoren verwalten
permission-insights-view = Einblicke sehen
permission-settings-manage = Einstellungen der Organisation ändern
permission-portal-use = Ressourcen anfragen
done-deleted = Gelöscht.
done-removed = Das Mitglied wurde entfernt.
done-tried = Der Brief ist wieder unterwegs.
event-member-joined = Beigetreten
event-member-changed = Angaben zur Beschäftigung geändert
event-member-removed = Aus der Organisation entfernt
event-member-left = Hat die Organisation verlassen
event-member-signed-out = Eine Sitzung wurde beendet
event-role-given = Eine Rolle wurde gegeben
event-role-taken = Eine Rolle wurde entzogen
signup-invited = { $organisation } hat Sie schon eingeladen. Der Link steht in einem Brief an Ihre Adresse.
signup-unproven = Noch ist nicht bewiesen, dass Ihre Adresse Ihnen gehört. Fordern Sie in Ihren Einstellungen einen Link an, öffnen Sie ihn und kommen Sie dann zurück.
signup-prove-address = Adresse beweisen
status-undelivered = Sie sind eingeladen, aber der Brief an { $email } konnte nicht zugestellt werden. Bitten Sie { $organisation }, ihn noch einmal zu senden.

# Customer numbers
customers-title = Kunden wechseln
customers-change = Kunden wechseln
customers-text = Sie gehören zu mehreren Kunden. Wählen Sie einen; beim nächsten Mal beginnen Sie dort.
customers-choose = Wählen
customers-keep = Zugang behalten
customers-cancel = Zugang kündigen
customers-cancel-title = Zugang zur Kundennummer { $number } kündigen
customers-cancel-sure = Geben Sie zur Bestätigung die Kundennummer ein. Das lässt sich nicht rückgängig machen: Für die Rückkehr brauchen Sie eine neue Einladung.
customers-cancel-press = Zugang kündigen
customers-type = Kundennummer
customers-go-on = Weiter
customers-last-administrator = Sie sind hier die letzte Person mit Administratorrolle und können nicht gehen. Geben Sie zuerst jemand anderem diese Rolle.
settings-customers = Kundennummern
leave-access = Ihr Zugang zu { $organisation } endet sofort, auf allen Geräten.
leave-roles = { $n ->
    [one] Sie verlieren 1 Rolle.
   *[other] Sie verlieren { $n } Rollen.
}
leave-groups = { $n ->
    [one] Sie verlassen 1 Gruppe.
   *[other] Sie verlassen { $n } Gruppen.
}
leave-reports = { $n ->
    [one] 1 Mitglied hat keine Führungskraft mehr.
   *[other] { $n } Mitglieder haben keine Führungskraft mehr.
}
leave-invitations = { $n ->
    [one] 1 offene Einladung von Ihnen bleibt, gibt aber keine Rollen mehr.
   *[other] { $n } offene Einladungen von Ihnen bleiben, geben aber keine Rollen mehr.
}
leave-requests = Ihre offenen Anfragen hier werden zurückgezogen.
leave-letter = Die Verwaltung erfährt es per E-Mail. Ihr Konto selbst bleibt.
goodbye-title = Sie haben keine Kundennummer mehr
goodbye-text = Ihr Konto gehört zu keinem Kunden. Für die Rückkehr bitten Sie die Verwaltung um eine Einladung.
goodbye-left = { $organisation } (Kundennummer { $number })
goodbye-admin = Administration:
goodbye-support = Hilfe:
done-left = Ihr Zugang wurde gekündigt.
restricted-title = Ihr Zugang ist eingeschränkt
restricted-text = Sie haben bei { $organisation } noch keine Rechte, deshalb ist diese Seite für Sie geschlossen. Bitten Sie die Verwaltung, sie zuzuweisen.
restricted-ask = Sie haben bei { $organisation } noch keine Rechte, deshalb ist diese Seite für Sie geschlossen. Bitten Sie { $contact }, sie zuzuweisen.

# Zustellungen
nav-deliveries = Zustellungen
deliveries-text = Briefe, Nachrichten und Aufrufe, die warten oder nicht zugestellt werden konnten. Was zugestellt ist, steht hier nicht.
deliveries-none = Nichts wartet
deliveries-none-text = Alles, was zuzustellen war, ist zugestellt.
deliveries-channels = Kanäle
deliveries-delivery = Zustellung
deliveries-channel = Kanal
deliveries-waiting = Wartend
deliveries-deferred = Aufgeschoben
deliveries-failed = Gescheitert
deliveries-oldest = Ältestes
deliveries-try-all = Alle nochmals versuchen
deliveries-arrival = Etwas, das per Chat kam
channel-mail = Mailserver
channel-hook = Bereitstellung: { $name }
channel-platform = Chat: { $name }
channel-agent = Agent: { $name }
channel-arrivals = Empfangen: { $name }
channel-in-trouble = { $channel } ist gestört seit { $since }: { $why }. Was darüber geht, wartet und geht nicht verloren; nächster Versuch { $next }.
mail-overtaken = { $letter } an { $to }: nicht gesendet, da es nicht mehr stimmte
arrival-queued = { $what }: wartet auf Bearbeitung
arrival-deferred = { $what }: konnte noch nicht bearbeitet werden ({ $why }); nächster Versuch { $when }
arrival-sent = { $what }: bearbeitet { $when }
arrival-failed = { $what }: konnte nicht bearbeitet werden ({ $why }), { $when }
arrival-dropped = { $what }: nicht mehr nötig
arrival-overtaken = { $what }: nicht mehr nötig
banner-channels = { $n ->
    [one] Ein Kanal für Zustellungen ist gestört: Was darüber geht, wartet.
   *[other] { $n } Kanäle für Zustellungen sind gestört: Was darüber geht, wartet.
 }
banner-channels-show = Ansehen
